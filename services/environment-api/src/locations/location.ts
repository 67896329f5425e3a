/** Locations in bodies and queries. */
import { locationSchema, rootLocation } from '@gatehouse/contracts/environment-api/location';
import { z } from 'zod';

/** Where a setting or a server applies when the caller does not say: everywhere. */
export const locationField = locationSchema.default(rootLocation);

/** A location as text or several in a list (installers send both); always a list afterwards. */
export const locationsField = z
  .union([locationSchema.transform((location) => [location]), z.array(locationSchema).min(1).max(64)], {
    error: 'must be a location such as "/" or "/USW1", or a list of them',
  })
  .transform((locations) => [...new Set(locations)]);
