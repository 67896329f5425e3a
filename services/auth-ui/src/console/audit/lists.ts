/** Builds the two lists: security events of Auth API, and configuration changes of Environment API. */
import { isIPv4 } from 'node:net';
import type { SecurityEvent } from '@gatehouse/contracts/auth-api';
import type { AuditEntry } from '@gatehouse/contracts/environment-administration';
import type { ConsolePage } from '../shell/pages.ts';
import { addressOf, pagesOf } from '../shell/paging.ts';
import type { FormField, Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type ChangeQuery, type EventQuery, filterFields } from './filters.ts';
import { auditPath, auditTabs, requestHref } from './tabs.ts';
import { actionOf, entityOf, nameIn, outcomeBadge } from './words.ts';

export interface TrailPage extends ConsolePage {
  filters: { action: string; fields: FormField[]; clear: string | undefined };
  table: Table;
  exports: { label: string; href: string }[];
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
    tabs: auditTabs(visit, 'events'),
    ...trailParts(visit, auditPath, filter, rights.installation ? [...names, 'contactCenterId'] : names),
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
          { text: event.clientAddress ?? '', isWhole: isIPv4(event.clientAddress ?? '') },
        ],
      })),
      ...pagesOf(auditPath, filter, { name: 'before', current: before, next: nextCursor }),
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
  const own = `${auditPath}/changes`;
  return {
    title: text('console.audit.title'),
    lead: text('console.audit.changes.lead'),
    tabs: auditTabs(visit, 'changes'),
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
          { text: actionOf(visit, entry.action) },
          { text: entry.actor.name, note: entry.actor.clientId },
          { text: Object.keys(entry.changes).join(', ') },
        ],
      })),
      ...pagesOf(own, filter, { current: cursor, next: nextCursor }),
    },
  };
}

function trailParts(
  visit: ConsoleVisit,
  own: string,
  filter: Readonly<Record<string, string>>,
  names: readonly string[],
): Pick<TrailPage, 'filters' | 'exports'> {
  const isFiltered = Object.values(filter).some((value) => value !== '');
  return {
    filters: {
      action: own,
      fields: filterFields(visit, names, filter),
      clear: isFiltered ? own : undefined,
    },
    exports: (['csv', 'ndjson'] as const).map((format) => ({
      label: visit.text(`console.audit.export.${format}`),
      href: addressOf(`${own}/export.${format}`, filter),
    })),
  };
}
