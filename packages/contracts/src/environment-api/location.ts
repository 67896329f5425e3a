/** Checks and compares locations: `/` is everywhere, `/USW1` a region, `/USW1/DC2` a part of it. The longest match wins. */
import { z } from 'zod';

export const rootLocation = '/';
export const locationPattern = /^(\/|(\/[A-Za-z0-9][A-Za-z0-9._-]*)+)$/;

export const locationSchema = z
  .string()
  .max(128, 'is longer than 128 characters')
  .regex(locationPattern, 'must be "/" or a path like "/USW1": a slash before each part, none at the end');

/** Whether what is given for `wide` applies at `narrow`. Both are valid locations. */
export function covers(wide: string, narrow: string): boolean {
  return wide === rootLocation || narrow === wide || narrow.startsWith(`${wide}/`);
}

/** The more precise of two locations that both cover a third one comes first. */
export function byPrecision(left: string, right: string): number {
  return right.length - left.length;
}

/** Where a setting or a server applies; everywhere when absent. */
export const locationField = locationSchema.default(rootLocation);

/** One location as text or several in a list, because installers send both; a list afterwards. */
export const locationsField = z
  .union([locationSchema.transform((location) => [location]), z.array(locationSchema).min(1).max(64)], {
    error: 'must be a location such as "/" or "/USW1", or a list of them',
  })
  .transform((locations) => [...new Set(locations)]);
