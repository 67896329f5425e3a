/** Reads ids, numbers, flags, moments and lists of requests; numbers and flags also as text, because shell scripts quote everything. */
import { z } from 'zod';

/** A whole number within the limits, answered as a number. */
export function integer(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  const number = z.int().min(min, error).max(max, error);
  const digits = z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(number);
  return z.union([number, digits], { error });
}

/** `true` or `false`, answered as a JSON boolean. */
export function flag() {
  const text = z.enum(['true', 'false']).transform((value) => value === 'true');
  return z.union([z.boolean(), text], { error: 'must be true or false' });
}

/** In capital letters, too. */
export const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An id that the caller chooses: a UUID, in lower case afterwards. */
export const idSchema = z.string().regex(uuidText, 'must be a UUID').toLowerCase();

/** The id of a contact centre, which need not exist yet: provisioning scripts make clients first. */
export const contactCenterIdSchema = z
  .string()
  .regex(uuidText, 'must be the id of a contact centre, such as 9d7f1a52-6f0e-4a9b-8f4c-2b7a1c5f3e10')
  .toLowerCase();

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

/** Checks how long a list is before its entries are: each wrong entry is reported, which takes more memory than its text. */
export function list<T extends z.ZodType>(entry: T, max: number, error?: string) {
  return z.preprocess((value: z.input<T>[], context) => {
    if (!Array.isArray(value) || value.length <= max) return value;
    context.addIssue({
      code: 'custom',
      message: `has more than ${max} entries`,
      params: { reason: 'too_many', limit: max },
    });
    return z.NEVER;
  }, z.array(entry, error).max(max));
}
