/** Reads ids and numbers of paths and queries, and moments of the database. */
import { idSchema } from '@gatehouse/contracts/values';
import { z } from 'zod';

/** The number of a person in a query, where every value is a text: a signed 32-bit number has up to ten digits. */
export const dbidText = (min: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'must be the number of a person')
    .transform(Number)
    .pipe(z.int().min(min).max(0x7fff_ffff, 'must be below 2147483648'));

/** An id in a path. A text that is no UUID names nothing, so the answer is 404 and not 400. */
export function parseId(text: string): string | undefined {
  return idSchema.safeParse(text).data;
}
