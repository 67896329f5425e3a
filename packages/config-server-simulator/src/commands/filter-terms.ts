/** `key=value` terms of the command line as a filter. */

const textKeys = new Set([
  'user_name',
  'employee_id',
  'first_name',
  'last_name',
  'email_address',
  'external_id',
  'name',
]);

/** Keys that compare text keep it; all others are numbers. Errors: a sentence naming the term. */
export function parseFilter(terms: string[]): Record<string, string | number> {
  return Object.fromEntries(
    terms.map((term) => {
      const at = term.indexOf('=');
      if (at < 1) throw new Error(`--filter ${term} is not key=value`);
      const key = term.slice(0, at);
      const value = term.slice(at + 1);
      if (textKeys.has(key)) return [key, value];
      const number = Number(value);
      if (value === '' || !Number.isInteger(number)) throw new Error(`--filter ${key} needs a number`);
      return [key, number];
    }),
  );
}
