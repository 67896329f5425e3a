/** Builds the two lists: security events of Auth API, and configuration changes of Environment API. */
import type { SecurityEvent } from '@gatehouse/contracts/auth-api/audit';
import { consolePath } from '@gatehouse/contracts/auth-api/console';
import type { AuditEntry } from '@gatehouse/contracts/environment-api/administration/audit';
import { isTextKey } from '../../texts/texts.ts';
import type { ConsolePage } from '../shell/pages.ts';
import type { FormField, Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type ChangeQuery, type EventQuery, filterFields, given } from './filters.ts';

export const path = `${consolePath}/audit`;

export interface TrailPage extends ConsolePage {
  filters: { action: string; fields: FormField[]; clear: string | undefined; isOpen: boolean };
  table: Table;
  exports: { label: string; href: string }[];
}

type Tab = 'events' | 'changes' | 'chains';

export function tabsOf({ text, rights }: ConsoleVisit, current: Tab) {
  const tab = (name: Tab, href: string) => ({
    label: text(`console.audit.tab.${name}`),
    href,
    isCurrent: name === current,
  });
  return [
    tab('events', path),
    tab('changes', `${path}/changes`),
    ...(rights.installation ? [tab('chains', `${path}/chains`)] : []),
  ];
}

export function requestHref(correlationId: string): string {
  return `${path}/requests/${encodeURIComponent(correlationId)}`;
}

export function eventsPage(
  visit: ConsoleVisit,
  { data, nextCursor }: { data: SecurityEvent[]; nextCursor?: string | undefined },
  query: EventQuery,
): TrailPage {
  const { text, rights } = visit;
  const { before, ...filter } = query;
  const names = ['user', 'name', 'outcome', 'clientId', 'correlationId', 'from', 'to'];
  return {
    title: text('console.audit.title'),
    lead: text('console.audit.events.lead'),
    tabs: tabsOf(visit, 'events'),
    ...trailParts(visit, path, filter, rights.installation ? [...names, 'contactCenterId'] : names),
    table: {
      caption: text('console.audit.tab.events'),
      columns: [
        { label: text('console.audit.time') },
        { label: text('console.audit.event') },
        { label: text('console.audit.person') },
        { label: text('console.audit.client') },
        { label: text('console.audit.address') },
      ],
      empty: text('console.audit.empty'),
      rows: data.map((event) => ({
        cells: [
          { text: text('console.atSecond', { at: new Date(event.at) }) },
          {
            text: event.name,
            isCode: true,
            href: requestHref(event.correlationId),
            badge: outcomeBadge(visit, event.outcome),
          },
          { text: nameIn(event) ?? event.sub ?? '', note: nameIn(event) && event.sub },
          { text: event.clientId ?? '' },
          { text: event.clientAddress ?? '' },
        ],
      })),
      ...pagesOf(path, filter, 'before', before, nextCursor),
    },
  };
}

export function changesPage(
  visit: ConsoleVisit,
  { rows, nextCursor }: { rows: AuditEntry[]; nextCursor?: string | undefined },
  query: ChangeQuery,
): TrailPage {
  const { text, rights } = visit;
  const { cursor, ...filter } = query;
  const names = ['entity', 'entityId', 'actor', 'requestId', 'from', 'to'];
  const own = `${path}/changes`;
  return {
    title: text('console.audit.title'),
    lead: text('console.audit.changes.lead'),
    tabs: tabsOf(visit, 'changes'),
    ...trailParts(visit, own, filter, rights.installation ? [...names, 'contactCenterId'] : names),
    table: {
      caption: text('console.audit.tab.changes'),
      columns: [
        { label: text('console.audit.time') },
        { label: text('console.audit.what') },
        { label: text('console.audit.action') },
        { label: text('console.audit.by') },
        { label: text('console.audit.fields') },
      ],
      empty: text('console.audit.empty'),
      rows: rows.map((entry) => ({
        cells: [
          { text: text('console.atSecond', { at: new Date(entry.at) }) },
          { text: entityOf(visit, entry.entity), href: requestHref(entry.requestId), note: entry.entityId },
          { text: entry.action },
          { text: entry.actor.name, note: entry.actor.clientId },
          { text: Object.keys(entry.changes).join(', ') },
        ],
      })),
      ...pagesOf(own, filter, 'cursor', cursor, nextCursor),
    },
  };
}

function trailParts(
  visit: ConsoleVisit,
  own: string,
  filter: Readonly<Record<string, string>>,
  names: readonly string[],
): Pick<TrailPage, 'filters' | 'exports'> {
  const query = given(filter);
  const isFiltered = Object.keys(query).length > 0;
  const search = isFiltered ? `?${new URLSearchParams(query as Record<string, string>)}` : '';
  return {
    filters: {
      action: own,
      fields: filterFields(visit, names, filter),
      clear: isFiltered ? own : undefined,
      isOpen: isFiltered,
    },
    exports: (['csv', 'ndjson'] as const).map((format) => ({
      label: visit.text(`console.audit.export.${format}`),
      href: `${own}/export.${format}${search}`,
    })),
  };
}

function pagesOf(
  own: string,
  filter: Readonly<Record<string, string>>,
  name: string,
  current: string,
  next: string | undefined,
): Pick<Table, 'next' | 'first'> {
  const query = given(filter) as Record<string, string>;
  return {
    next: next === undefined ? undefined : `${own}?${new URLSearchParams({ ...query, [name]: next })}`,
    first: current === '' ? undefined : `${own}?${new URLSearchParams(query)}`,
  };
}

/** The name under which the person signed in, where the event has one. */
export function nameIn({ fields }: SecurityEvent): string | undefined {
  const name = fields['userName'] ?? fields['username'];
  return typeof name === 'string' ? name : undefined;
}

export function outcomeBadge({ text }: ConsoleVisit, outcome: string) {
  const isGood = outcome === 'success';
  return {
    text: text(isGood ? 'console.audit.outcome.success' : 'console.audit.outcome.failure'),
    kind: isGood ? 'good' : 'bad',
  } as const;
}

export function entityOf({ text }: ConsoleVisit, entity: string): string {
  const key = `console.entity.${entity}`;
  return isTextKey(key) ? text(key) : entity;
}
