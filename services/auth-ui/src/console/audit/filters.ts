/** Reads the filters of the audit pages from the address, and shows them as a form that leads to a new address. */
import { changedEntities, eventsAbout, isAdministered } from '@gatehouse/contracts/auth-api';
import { z } from 'zod';
import type { TextKey } from '../../texts/texts.ts';
import type { FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';
import { eventNames, eventOf } from './words.ts';

const typed = typedText(512);

export const trailQuery = z.object({
  kind: typed,
  user: typed,
  name: typed,
  entity: typed,
  entityId: typed,
  /** As `personChangeId` writes it: asks for changes to the person instead of those that `user` made. */
  changedPerson: typed,
  outcome: typed,
  clientId: typed,
  contactCenterId: typed,
  correlationId: typed,
  from: typed,
  to: typed,
  /** Where the page begins in each trail: the number of the last event and of the last change that were shown. */
  before: typed,
  beforeChange: typed,
});

export type TrailQuery = z.output<typeof trailQuery>;

/** Before it nothing is left. */
export const end = '0';

type Names = Exclude<keyof TrailQuery, 'before' | 'beforeChange' | 'changedPerson'>;

/** The question to each trail; undefined: the filters leave nothing of it. Times without a zone are in UTC. */
export function filtersOf(query: TrailQuery) {
  const { kind, user, name, entity, entityId, outcome, clientId, contactCenterId, correlationId } = query;
  const span = { from: timeOf(query.from), to: timeOf(query.to) };
  const administered = isAdministered(entity) ? eventsAbout(entity) : undefined;
  const hasEvents = entityId === '' && (entity === '' || administered !== undefined);
  const hasChanges =
    [name, administered ?? ''].every((one) => one === '') &&
    kind !== 'security' &&
    outcome !== 'failure' &&
    (user === '' || clientId === '');
  const events = { ...span, kind, user, outcome, clientId, contactCenterId, correlationId };
  const object = query.changedPerson
    ? { entity: 'person', entityId: query.changedPerson }
    : { entity, entityId, actor: user || clientId };
  const changes = { ...span, ...object, contactCenterId, requestId: correlationId };
  return {
    events: hasEvents ? given({ ...events, name: name || (administered ?? '') }) : undefined,
    changes: hasChanges ? given<Record<string, string>>(changes) : undefined,
  };
}

/** Without what is empty. */
function given<Filter extends Record<string, string>>(filter: Filter): Partial<Filter> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== '')) as Partial<Filter>;
}

/** As the APIs want it. */
export function timeOf(local: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(local)
    ? `${local.length === 16 ? `${local}:00` : local}Z`
    : local;
}

interface Choice {
  value: string;
  label: string;
}

interface Known {
  /** Contact centres to choose from; undefined: there are too many. */
  centers: readonly Choice[] | undefined;
  /** Names to choose from while typing: those that occur on the page. */
  occurring: Partial<Record<Names, readonly string[]>>;
  /** Fields whose text names nothing. */
  unknown: readonly Names[];
}

/** `names`: those that have a field, in their order. */
export function filterFields(
  visit: ConsoleVisit,
  names: readonly Names[],
  query: TrailQuery,
  { centers, occurring, unknown }: Known,
): FormField[] {
  return names.map((name) => {
    const isTime = name === 'from' || name === 'to';
    const options = name === 'contactCenterId' ? centers : optionsOf(visit, name);
    const suggestions = options === undefined ? occurring[name] : undefined;
    return {
      name,
      label: visit.text(`console.audit.filter.${name}`),
      kind: options ? 'select' : isTime ? 'datetime-local' : 'text',
      value: query[name],
      ...(options && { options: withValue(visit, options, query[name]) }),
      ...(suggestions && { suggestions }),
      ...(unknown.includes(name) && {
        problem: visit.text('console.audit.filter.unknown', { name: query[name] }),
      }),
    };
  });
}

/** A value of an address that somebody kept stays, whatever it is. */
export function withValue({ text }: ConsoleVisit, options: readonly Choice[], value: string): Choice[] {
  const isKnown = value === '' || options.some((one) => one.value === value);
  const any = { value: '', label: text('console.audit.filter.any') };
  return [any, ...options, ...(isKnown ? [] : [{ value, label: value }])];
}

function optionsOf(visit: ConsoleVisit, name: Names): Choice[] | undefined {
  const { text, language } = visit;
  const said = (values: readonly string[], below: string) =>
    values.map((value) => ({ value, label: text(`${below}.${value}` as TextKey) }));
  if (name === 'outcome') return said(['success', 'failure'], 'console.audit.outcome');
  if (name === 'kind') return said(['security', 'configuration'], 'console.audit.kind');
  if (name === 'entity') return said(changedEntities, 'console.entity');
  if (name !== 'name') return undefined;
  const events = eventNames().map((value) => ({ value, label: eventOf(visit, value) }));
  return events.sort((one, other) => one.label.localeCompare(other.label, language));
}
