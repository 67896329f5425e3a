/** Builds the page of one request: everything that both services recorded under its correlation id, in the order of time. */
import type { RefusedRequest } from '@gatehouse/contracts/auth-administration';
import { type ShownChange, shownChanges } from '../shell/changes.ts';
import type { ConsolePage } from '../shell/pages.ts';
import { type Fact, factOf } from '../shell/parts.ts';
import { pairsOf, refusalText } from '../shell/refusals.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { changesOf, saidOf } from './entry.ts';
import { auditPath } from './tabs.ts';
import type { Names, Entry as Recorded } from './trail.ts';
import { outcomeBadge } from './words.ts';

interface Entry {
  at: string;
  title: string;
  badge: { text: string; kind: 'good' | 'bad' | 'plain' };
  facts: Fact[];
  changes: ShownChange[];
}

export interface RequestPage extends ConsolePage {
  entries: Entry[];
  empty: string;
}

/** The records of both services about a request. */
export function requestPage(
  visit: ConsoleVisit,
  id: string,
  {
    entries,
    refusals,
    names,
  }: { entries: readonly Recorded[]; refusals: readonly RefusedRequest[]; names: Names },
): RequestPage {
  const { text } = visit;
  const shown = [
    ...entries.map((entry) => ({ at: entry.at, entry: shownEntry(visit, entry, names) })),
    ...refusals.map((refusal) => ({ at: refusal.at, entry: refusalEntry(visit, refusal, names) })),
  ].sort((one, other) => one.at.localeCompare(other.at));
  return {
    title: text('console.audit.request.title'),
    lead: text('console.audit.request.lead', { id }),
    breadcrumbs: [{ label: text('console.audit.title'), href: auditPath }],
    entries: shown.map(({ entry }) => entry),
    empty: text('console.audit.request.empty'),
  };
}

function shownEntry(visit: ConsoleVisit, entry: Recorded, names: Names): Entry {
  const { text } = visit;
  const { who, what, object, center, address, outcome, correlationId } = saidOf(visit, entry, names);
  const { event, change } = entry;
  return {
    at: text('console.atSecond', { at: new Date(entry.at) }),
    title: what,
    badge: outcomeBadge(visit, outcome),
    facts: [
      ...factOf(text('console.audit.who'), who.name),
      ...factOf(text('console.audit.object'), object.name),
      ...factOf(text('console.audit.client'), names.clients.get(event?.clientId ?? '')),
      ...factOf(text('console.audit.center'), center?.name),
      ...codes([
        [text('console.audit.address'), address],
        ['sub', event?.sub ?? (change?.actor.kind === 'user' ? change.actor.name : undefined)],
        ['clientId', event?.clientId ?? change?.actor.clientId],
        [text('console.audit.session'), event?.sid],
        [text('console.audit.filter.entityId'), change?.entityId],
        [text('console.audit.filter.correlationId'), correlationId],
        ['linkRequest', change?.actor.linkRequest],
        [text('console.audit.filter.name'), event?.name],
        ...Object.entries(event?.fields ?? {})
          .filter(([name]) => name !== 'changes')
          .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const),
      ]),
    ],
    changes: shownChanges(
      visit,
      change?.entity ?? 'client',
      event === undefined ? change.changes : changesOf(event),
      new Map([...names.environments, ...names.centers]),
    ),
  };
}

function refusalEntry(visit: ConsoleVisit, refusal: RefusedRequest, { centers, clients }: Names): Entry {
  const { text } = visit;
  const { contactCenterId = '', clientId = '' } = refusal;
  return {
    at: text('console.atSecond', { at: new Date(refusal.at) }),
    title: refusalText(text, refusal.reason),
    badge: outcomeBadge(visit, 'failure'),
    facts: [
      ...factOf(text('console.audit.client'), clients.get(clientId)),
      ...factOf(text('console.audit.center'), centers.get(contactCenterId)?.name),
      ...codes([
        ['reason', refusal.reason],
        ['detail', refusal.detail],
        ['endpoint', refusal.endpoint],
        ['error', refusal.error],
        ['clientId', refusal.clientId],
        ['contactCenterId', refusal.contactCenterId],
        [text('console.audit.address'), refusal.clientAddress],
        [text('console.clients.sent'), pairsOf(refusal.sent).join(' ')],
        [text('console.clients.asRegistered'), pairsOf(refusal.registered).join(' ') || undefined],
      ]),
    ],
    changes: [],
  };
}

function codes(all: readonly (readonly [label: string, value: string | undefined])[]): Fact[] {
  return all.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value, isCode: true }]));
}
