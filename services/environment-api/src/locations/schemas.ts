/** Bodies of `/locations`. */
import { locationSchema } from '@gatehouse/contracts/environment-api/location';
import { z } from 'zod';
import { wrapped } from '../fields/wrapped.ts';

export const declareLocationBody = wrapped(z.object({ location: locationSchema }));

export const withdrawLocationQuery = z.object({ location: locationSchema });
