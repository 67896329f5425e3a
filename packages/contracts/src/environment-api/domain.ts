/** Checks and compares domains: the tenant names that users type at login, each of one contact centre. */
import { z } from 'zod';
import { label } from '../values/text.ts';

const maxDomains = 64;
const maxKeyLength = 255;

// `tenant\user` must split at one place; separators of lists and paths would be ambiguous elsewhere.
const domain = label()
  .refine((text) => text === text.trim(), {
    error: 'must not begin or end with a space',
    params: { reason: 'wrong_characters' },
  })
  .refine((text) => !/[\\/,;@]/.test(text), {
    error: 'must not hold any of \\ / , ; @',
    params: { reason: 'wrong_characters' },
  })
  .refine((text) => domainKey(text) !== '', {
    error: 'must hold a visible character',
    params: { reason: 'empty' },
  })
  // A single character may stand for eighteen in its compatibility form.
  .refine((text) => domainKey(text).length <= maxKeyLength, {
    error: `is longer than ${maxKeyLength} characters when written out`,
    params: { reason: 'too_long', limit: maxKeyLength },
  });

/** One domain as text, or several in a list; always a list afterwards. */
export const domainsField = z.preprocess(
  (value: string | string[]) => (typeof value === 'string' ? [value] : value),
  z
    .array(domain, { error: 'must be a list of tenant names as users type them at login' })
    .min(1, 'must hold at least one tenant name')
    .max(maxDomains, `holds more than ${maxDomains} names`)
    .refine(
      (domains) => new Set(domains.map(domainKey)).size === domains.length,
      'holds the same name twice',
    ),
);

/** Folds Unicode case and compatibility forms, so that all spellings of one name are equal. */
export function domainKey(text: string): string {
  // Lower, upper, lower: otherwise a final sigma and both forms of sharp s would stay different.
  return text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC').trim();
}
