/** Builds the page of one request: everything that both services recorded under its correlation id, in the order of time. */
import type { RefusedRequest } from '@gatehouse/contracts/auth-administration';
import type { SecurityEvent } from '@gatehouse/contracts/auth-api';
import type { AuditEntry } from '@gatehouse/contracts/environment-administration';
import { type ShownChange, shownChanges } from '../shell/changes.ts';
import type { ConsolePage } from '../shell/pages.ts';
import type { Fact } from '../shell/parts.ts';
import { pairsOf, refusalText } from '../shell/refusals.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { auditPath } from './tabs.ts';
import { actionOf, entityOf, nameIn, outcomeBadge } from './words.ts';

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
interface Recorded {
  events: readonly SecurityEvent[];
  changes: readonly AuditEntry[];
  refusals: readonly RefusedRequest[];
}

export function requestPage(
  visit: ConsoleVisit,
  id: string,
  { events, changes, refusals }: Recorded,
): RequestPage {
  const { text } = visit;
  const entries = [
    ...events.map((event) => ({ at: event.at, entry: eventEntry(visit, event) })),
    ...refusals.map((refusal) => ({ at: refusal.at, entry: refusalEntry(visit, refusal) })),
    ...changes.map((change) => ({ at: change.at, entry: changeEntry(visit, change) })),
  ].sort((a, b) => a.at.localeCompare(b.at));
  return {
    title: text('console.audit.request.title'),
    lead: text('console.audit.request.lead', { id }),
    breadcrumbs: [{ label: text('console.audit.title'), href: auditPath }],
    entries: entries.map(({ entry }) => entry),
    empty: text('console.audit.request.empty'),
  };
}

function eventEntry(visit: ConsoleVisit, event: SecurityEvent): Entry {
  const { text } = visit;
  return {
    at: text('console.atSecond', { at: new Date(event.at) }),
    title: event.name,
    badge: outcomeBadge(visit, event.outcome),
    facts: facts([
      [text('console.audit.person'), nameIn(event)],
      ['sub', event.sub],
      [text('console.audit.client'), event.clientId],
      [text('console.audit.center'), event.contactCenterId],
      [text('console.audit.session'), event.sid],
      [text('console.audit.address'), event.clientAddress],
      ...Object.entries(event.fields).map(([name, value]): [string, string] => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ]),
    changes: [],
  };
}

function refusalEntry(visit: ConsoleVisit, refusal: RefusedRequest): Entry {
  const { text } = visit;
  return {
    at: text('console.atSecond', { at: new Date(refusal.at) }),
    title: refusalText(text, refusal.reason),
    badge: outcomeBadge(visit, 'failure'),
    facts: facts([
      ['reason', refusal.reason],
      ['detail', refusal.detail],
      ['endpoint', refusal.endpoint],
      ['error', refusal.error],
      [text('console.audit.client'), refusal.clientId],
      [text('console.audit.center'), refusal.contactCenterId],
      [text('console.audit.address'), refusal.clientAddress],
      [text('console.clients.sent'), pairsOf(refusal.sent).join(' ')],
      [text('console.clients.registered'), pairsOf(refusal.registered).join(' ') || undefined],
    ]),
    changes: [],
  };
}

function changeEntry(visit: ConsoleVisit, change: AuditEntry): Entry {
  const { text } = visit;
  return {
    at: text('console.atSecond', { at: new Date(change.at) }),
    title: entityOf(visit, change.entity),
    badge: { text: actionOf(visit, change.action), kind: 'plain' },
    facts: facts([
      [text('console.audit.by'), change.actor.name],
      [text('console.audit.client'), change.actor.clientId],
      ['linkRequest', change.actor.linkRequest],
      [text('console.audit.what'), change.entityId],
      [text('console.audit.center'), change.contactCenterId],
      [text('console.audit.address'), change.clientAddress],
    ]),
    changes: shownChanges(change.changes),
  };
}

function facts(all: readonly (readonly [label: string, value: string | undefined])[]): Fact[] {
  return all.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value, isCode: true }]));
}
