/** Reads numbers and flags as JSON values or as text, because shell scripts quote everything. */
import { z } from 'zod';

/** A whole number within the limits, answered as a number. */
export function integer(min: number, max: number) {
  const number = z.int().min(min).max(max);
  const digits = z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(number);
  return z.union([number, digits], { error: `must be a whole number from ${min} to ${max}` });
}

/** `true` or `false`, answered as a JSON boolean. */
export function flag() {
  const text = z.enum(['true', 'false']).transform((value) => value === 'true');
  return z.union([z.boolean(), text], { error: 'must be true or false' });
}
