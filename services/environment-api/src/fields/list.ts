/** Checks how long a list is before its entries are: each wrong entry is reported, which takes more memory than its text. */
import { z } from 'zod';

export function list<T extends z.ZodType>(entry: T, max: number, error?: string) {
  return z.preprocess((value, context) => {
    if (!Array.isArray(value) || value.length <= max) return value;
    context.addIssue({
      code: 'custom',
      message: `has more than ${max} entries`,
      params: { reason: 'too_many', limit: max },
    });
    return z.NEVER;
  }, z.array(entry, error).max(max));
}
