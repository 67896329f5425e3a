/** Shows what changed in an object: for each field the value before and after, as audit entries and imports tell them. */
import { isTextKey } from '../../texts/texts.ts';
import type { ConsoleVisit } from './shell.ts';

export interface ShownChange {
  /** As the API has it. */
  field: string;
  /** As the forms call it; undefined: no form has it. */
  label: string | undefined;
  /** Undefined: there was no value. */
  from: ShownValue | undefined;
  /** Undefined: the value is taken away. */
  to: ShownValue | undefined;
}

interface ShownValue {
  text: string;
  /** Those that the text says by name. */
  ids: string[];
}

/** Contact centres and environments by their ids. */
type Known = ReadonlyMap<string, { name: string }>;

/** The ids that changes hold in one of these fields. */
export const idsIn = (
  changes: readonly Readonly<Record<string, { from?: unknown; to?: unknown }>>[],
  field: 'contactCenterIds' | 'environmentId',
): string[] =>
  changes
    .flatMap((change) => [change[field]?.from, change[field]?.to].flat())
    .filter((id) => typeof id === 'string');

/** Longer values are cut: a page is read, and a certificate is compared elsewhere. */
const maxValueLength = 600;

/** `partials/changes` shows them. `entity`: what the changed thing is, as audit entries name it. */
export function shownChanges(
  visit: ConsoleVisit,
  entity: string,
  changes: Readonly<Record<string, { from?: unknown; to?: unknown }>>,
  known: Known = new Map(),
): ShownChange[] {
  const resource = resourceOf(entity);
  return Object.entries(changes).map(([field, { from, to }]) => {
    const key = labels[`${resource}.${field}`] ?? `field.${resource}.${field}`;
    return {
      field,
      label: isTextKey(key) ? visit.text(key) : undefined,
      from: shown(from, known),
      to: shown(to, known),
    };
  });
}

/** Of fields that SCIM and files of people call otherwise than the forms. */
const labels: Readonly<Record<string, string>> = { 'person.active': 'field.person.status' };

/** An origin is a `cors` of the audit; other names differ in their form alone. */
const resourceOf = (entity: string): string =>
  entity === 'cors' ? 'origin' : entity.replace(/-./g, ([, letter = '']) => letter.toUpperCase());

function shown(value: unknown, known: Known): ShownValue | undefined {
  if (value === undefined || value === null) return undefined;
  const named = (one: unknown) => (typeof one === 'string' ? (known.get(one)?.name ?? one) : one);
  const ids = [value].flat().filter((one) => typeof one === 'string' && named(one) !== one) as string[];
  const text =
    typeof value === 'string'
      ? String(named(value))
      : JSON.stringify(Array.isArray(value) ? value.map(named) : value, undefined, 1);
  return { text: text.length > maxValueLength ? `${text.slice(0, maxValueLength)} …` : text, ids };
}
