/** Reads the filters of the audit pages from the address, and shows them as a form that leads to a new address. */
import { z } from 'zod';
import type { TextKey } from '../../texts/texts.ts';
import type { FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';

const typed = typedText(512);

export const eventQuery = z.object({
  user: typed,
  name: typed,
  outcome: typed,
  clientId: typed,
  contactCenterId: typed,
  correlationId: typed,
  from: typed,
  to: typed,
  before: typed,
});

export const changeQuery = z.object({
  entity: typed,
  entityId: typed,
  actor: typed,
  contactCenterId: typed,
  requestId: typed,
  from: typed,
  to: typed,
  cursor: typed,
});

export type EventQuery = z.output<typeof eventQuery>;
export type ChangeQuery = z.output<typeof changeQuery>;

/** Without what is empty. Times of the form have no zone: they are in UTC, as the pages show them. */
export function filterOf<Query extends EventQuery | ChangeQuery>(query: Query): Partial<Query> {
  const all = { ...query, from: timeOf(query.from), to: timeOf(query.to) };
  const given = Object.entries(all).filter(([, value]) => value !== '');
  return Object.fromEntries(given) as Partial<Query>;
}

function timeOf(local: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(local)
    ? `${local.length === 16 ? `${local}:00` : local}Z`
    : local;
}

/** `names`: those that have a field, in their order. */
export function filterFields(
  { text }: ConsoleVisit,
  names: readonly string[],
  query: Readonly<Record<string, string>>,
): FormField[] {
  return names.map((name) => {
    const isTime = name === 'from' || name === 'to';
    const options = optionsOf[name];
    return {
      name,
      label: text(`console.audit.filter.${name}` as TextKey),
      kind: options ? 'select' : isTime ? 'datetime-local' : 'text',
      value: query[name] ?? '',
      ...(options ? { options: options.map((value) => ({ value, label: text(labelOf(name, value)) })) } : {}),
    };
  });
}

const optionsOf: Record<string, readonly string[]> = {
  outcome: ['', 'success', 'failure'],
  entity: [
    '',
    'environment',
    'contact-center',
    'setting',
    'single-sign-on',
    'branding',
    'api-key',
    'location',
    'person',
  ],
};

function labelOf(name: string, value: string): TextKey {
  if (value === '') return 'console.audit.filter.any';
  return (name === 'outcome' ? `console.audit.outcome.${value}` : `console.entity.${value}`) as TextKey;
}
