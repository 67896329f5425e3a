/** Writes the parameters of a sentence as a language does: time spans, moments, lists. */
import type { SentenceParameters } from '@gatehouse/contracts/sentences';

/** Parameters that hold the name of a reason: of a sign-in that was refused, or of a request of an application. */
export const reasonParameters: readonly string[] = ['reason', 'refusal'];

/** `momentOf` writes a moment, which the reader may want in a time zone. */
export function valuesIn(
  language: string,
  parameters: SentenceParameters,
  momentOf: (iso: string) => string,
): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, valueIn(language, name, value, momentOf)]),
  );
}

function valueIn(
  language: string,
  name: string,
  value: SentenceParameters[string],
  momentOf: (iso: string) => string,
): string | number {
  if (typeof value === 'number') return name.endsWith('Seconds') ? spanIn(language, value) : value;
  if (typeof value === 'string') return name.endsWith('At') ? momentOf(value) : value;
  return value.join(', ');
}

const minute = 60;
const hour = 60 * minute;

/** Rounded up: a person who comes back a moment too early must wait again. */
function spanIn(language: string, seconds: number): string {
  const write = (value: number, unit: string) =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
  if (seconds <= minute) return write(Math.ceil(seconds), 'second');
  if (seconds <= 2 * hour) return write(Math.ceil(seconds / minute), 'minute');
  return write(Math.ceil(seconds / hour), 'hour');
}
