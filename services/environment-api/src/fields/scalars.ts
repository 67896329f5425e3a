/** Checks ids, moments and locations in bodies, paths and queries. */
import { locationSchema, rootLocation } from '@gatehouse/contracts/environment-api/location';
import { z } from 'zod';

/** The number of a person in a query, where every value is a text: a signed 32-bit number has up to ten digits. */
export const dbidText = (min: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'must be the number of a person')
    .transform(Number)
    .pipe(z.int().min(min).max(0x7fff_ffff, 'must be below 2147483648'));

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An id that the caller chooses: a UUID, in lower case afterwards. */
export const idSchema = z.string().regex(uuid, 'must be a UUID').toLowerCase();

/** An id in a path. A text that is no UUID names nothing, so the answer is 404 and not 400. */
export function parseId(text: string): string | undefined {
  return uuid.test(text) ? text.toLowerCase() : undefined;
}

// PostgreSQL and JavaScript agree on four-digit years only.
const earliestMs = Date.UTC(2000, 0, 1);
const latestMs = Date.UTC(9999, 0, 1);

/** ISO 8601 with a time zone, such as `2027-01-31T12:00:00Z`; UTC with milliseconds afterwards. */
export function instant() {
  return z.iso
    .datetime({ offset: true, error: 'must be a moment such as 2027-01-31T12:00:00Z, with its time zone' })
    .transform((text, context) => {
      const moment = new Date(text);
      if (moment.getTime() >= earliestMs && moment.getTime() < latestMs) return moment.toISOString();
      context.addIssue({
        code: 'custom',
        message: 'must be a moment of the years 2000 to 9998',
        params: { reason: 'wrong_form' },
      });
      return z.NEVER;
    });
}

/** SQL expression that prints a timestamptz column in ISO 8601, UTC, with milliseconds. */
export function isoTime(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** Where a setting or a server applies; everywhere when absent. */
export const locationField = locationSchema.default(rootLocation);

/** One location as text or several in a list, because installers send both; a list afterwards. */
export const locationsField = z
  .union([locationSchema.transform((location) => [location]), z.array(locationSchema).min(1).max(64)], {
    error: 'must be a location such as "/" or "/USW1", or a list of them',
  })
  .transform((locations) => [...new Set(locations)]);
