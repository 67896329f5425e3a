/** Builds the list of refused requests to the OAuth endpoints, of all clients, the newest first. */
import { searchRefusedRequests } from '@gatehouse/api-client/auth-api';
import type { RefusedRequest } from '@gatehouse/contracts/auth-administration';
import { consolePath } from '@gatehouse/contracts/auth-api';
import { definedOnly, refusalReasons } from '@gatehouse/contracts/values';
import { z } from 'zod';
import { tableOf } from '../shell/lists.ts';
import { clientNames, clientTyped } from '../shell/names/client-names.ts';
import { pagesOf } from '../shell/paging.ts';
import type { Cell, FormField } from '../shell/parts.ts';
import { pairsOf, refusalText } from '../shell/refusals.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';
import { timeOf, withValue } from './filters.ts';
import { auditTabs, refusedPath, requestHref } from './tabs.ts';
import type { TrailPage } from './trail-page.ts';

const typed = typedText(512);

export const refusedQuery = z.object({
  reason: typed,
  clients: typed,
  clientId: typed,
  from: typed,
  to: typed,
  correlationId: typed,
  before: typed,
});

type RefusedQuery = z.output<typeof refusedQuery>;

/** Of the filter of clients: those that are not registered. */
const unknown = 'unknown';
const pageSize = '50';
/** Longer ones are broken into lines. */
const maxWhole = 24;

/** Administrators of a contact centre see those of its clients alone: Auth API knows them by their token. */
export async function refusedPage(visit: ConsoleVisit, query: RefusedQuery): Promise<TrailPage> {
  const { text, rights } = visit;
  const { before, ...filters } = query;
  const client = query.clientId && (await clientTyped(visit, query.clientId));
  const { requests, next } = await searchRefusedRequests(visit.authApi, {
    ...asked({ ...query, clientId: client ?? query.clientId }),
    limit: pageSize,
  });
  const names = await clientNames(
    visit,
    requests.flatMap(({ clientId }) => clientId ?? []),
  );
  const isUnknown = client === undefined && requests.length === 0;
  const isFiltered = Object.values(filters).some((value) => value !== '');
  return {
    title: text('console.audit.title'),
    lead: text(rights.installation ? 'console.audit.refused.lead' : 'console.audit.refused.lead.own'),
    tabs: auditTabs(visit, 'refused'),
    filters: {
      action: refusedPath,
      fields: fieldsOf(visit, filters, { names, isUnknown }),
      isFolded: true,
      clear: isFiltered ? refusedPath : undefined,
    },
    table: tableOf<RefusedRequest>(visit, {
      caption: 'console.audit.tab.refused',
      empty: isFiltered ? 'console.table.noMatch' : 'console.audit.refused.empty',
      items: requests,
      columns: [
        { label: 'console.audit.time', cell: (one) => timeCell(visit, one) },
        { label: 'console.audit.client', cell: (one) => clientCell(visit, one, names) },
        { label: 'console.clients.reason', cell: (one) => reasonCell(visit, one) },
        { label: 'console.clients.sent', cell: ({ sent }) => linesOf(sent) },
        { label: 'console.clients.asRegistered', cell: ({ registered }) => linesOf(registered) },
      ],
      ...pagesOf(refusedPath, filters, { current: before, next, name: 'before' }),
    }),
    exports: [],
  };
}

function asked({ reason, clients, clientId, from, to, correlationId, before }: RefusedQuery) {
  return definedOnly({
    reason: reason || undefined,
    clientId: clientId || undefined,
    unknownClients: clients === unknown ? ('true' as const) : undefined,
    from: timeOf(from) || undefined,
    to: timeOf(to) || undefined,
    correlationId: correlationId || undefined,
    before: before || undefined,
  });
}

interface Clients {
  names: ReadonlyMap<string, string>;
  /** The text of the filter names none. */
  isUnknown: boolean;
}

function fieldsOf(
  visit: ConsoleVisit,
  query: Omit<RefusedQuery, 'before'>,
  { names, isUnknown }: Clients,
): FormField[] {
  const { text, rights, language } = visit;
  const select = (name: 'reason' | 'clients', options: { value: string; label: string }[]): FormField => ({
    name,
    label: text(`console.audit.filter.${name}`),
    kind: 'select',
    value: query[name],
    options: withValue(visit, options, query[name]),
  });
  const field = (name: 'clientId' | 'from' | 'to' | 'correlationId', kind: FormField['kind']): FormField => ({
    name,
    label: text(`console.audit.filter.${name}`),
    kind,
    value: query[name],
  });
  const reasons = refusalReasons
    .map((value) => ({ value, label: refusalText(text, value) }))
    .sort((one, other) => one.label.localeCompare(other.label, language));
  const unregistered = { value: unknown, label: text('console.audit.refused.unregistered') };
  return [
    select('reason', reasons),
    {
      ...field('clientId', 'text'),
      suggestions: [...new Set(names.values())].toSorted(),
      ...(isUnknown && { problem: text('console.audit.filter.unknown', { name: query.clientId }) }),
    },
    ...(rights.installation ? [select('clients', [unregistered])] : []),
    field('from', 'datetime-local'),
    field('to', 'datetime-local'),
    field('correlationId', 'text'),
  ];
}

function timeCell({ text }: ConsoleVisit, { at, correlationId }: RefusedRequest): Cell {
  const shown = text('console.atSecond', { at: new Date(at) });
  return { text: shown, href: requestHref(correlationId), ids: [correlationId] };
}

/** A registered one leads to its diagnosis. */
function clientCell(
  { text }: ConsoleVisit,
  { clientId, clientAddress }: RefusedRequest,
  names: Clients['names'],
): Cell {
  if (clientId === undefined)
    return { text: text('console.audit.refused.unregistered'), ids: [clientAddress] };
  const href = `${consolePath}/clients/one/${encodeURIComponent(clientId)}/diagnosis`;
  const name = names.get(clientId);
  if (name !== undefined && name !== clientId) return { text: name, href, ids: [clientId, clientAddress] };
  return { text: clientId, href, ids: [clientAddress], isWhole: clientId.length <= maxWhole };
}

function reasonCell({ text }: ConsoleVisit, { reason, endpoint, detail }: RefusedRequest): Cell {
  return { text: refusalText(text, reason), note: `${reason} · ${endpoint}: ${detail}`, isNoteEnglish: true };
}

function linesOf(fields: RefusedRequest['sent']): Cell {
  const lines = pairsOf(fields);
  return lines.length === 0 ? { text: '' } : { text: lines.join(' '), isCode: true };
}
