/** Builds the list of what happened: security events and configuration changes in one, the newest first. */
import { isIPv4 } from 'node:net';
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import type { NamedPerson } from '@gatehouse/contracts/auth-api';
import { loginNameOf } from '@gatehouse/contracts/values';
import { type ConsolePage, consoleView } from '../shell/pages.ts';
import { addressOf } from '../shell/paging.ts';
import type { FormField, Row, Table } from '../shell/parts.ts';
import { refusalText } from '../shell/refusals.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { saidOf } from './entry.ts';
import { filterFields, filtersOf, type TrailQuery } from './filters.ts';
import { auditPath, requestHref } from './tabs.ts';
import { type Entry, type Names, readTrail } from './trail.ts';
import { outcomeBadge } from './words.ts';

export interface TrailPage extends ConsolePage {
  filters: { action: string; fields: FormField[]; clear: string | undefined; isFolded?: boolean };
  table: Table;
  exports: { label: string; href: string }[];
}

export const trailView = consoleView<TrailPage>('audit/trail');

/** More of them are no choice that a person can look through. */
const maxChoice = 100;

type Fixed = Partial<Pick<TrailQuery, 'clientId' | 'contactCenterId' | 'user' | 'changedPerson'>>;

/** `own`: the address of the page. `fixed`: what a tab about one thing is confined to. */
export async function trailPage(
  visit: ConsoleVisit,
  header: Pick<ConsolePage, 'title' | 'lead' | 'tabs' | 'breadcrumbs'>,
  own: string,
  asked: TrailQuery,
  fixed: Fixed = {},
): Promise<TrailPage> {
  const query = { ...asked, ...fixed };
  const typed = typedIn(asked, fixed);
  const [{ entries, names, next, unknown }, centers] = await Promise.all([
    readTrail(visit, query),
    centersOf(visit),
  ]);
  const shown = fieldNames.filter(
    (name) =>
      !(name in fixed) &&
      (name !== 'contactCenterId' || visit.rights.installation) &&
      !(fixed.changedPerson && ['entity', 'entityId', 'contactCenterId'].includes(name)),
  );
  const isFirst = asked.before === '' && asked.beforeChange === '';
  return {
    ...header,
    filters: {
      action: own,
      fields: filterFields(visit, shown, query, {
        centers,
        occurring: occurringIn(names),
        unknown: entries.length === 0 ? unknown : [],
      }),
      isFolded: true,
      clear: Object.values(typed).some((value) => value !== '') ? own : undefined,
    },
    table: {
      ...tableOf(visit, entries, names),
      next: next && addressOf(own, { ...typed, ...next }),
      first: isFirst ? undefined : addressOf(own, typed),
    },
    exports: exportsOf(visit, query),
  };
}

function typedIn({ before: _before, beforeChange: _beforeChange, ...typed }: TrailQuery, fixed: Fixed) {
  const given = Object.entries(typed).filter(([name]) => !(name in fixed));
  return Object.fromEntries(given);
}

function occurringIn({ people, clients, centers }: Names) {
  const login = ({ userName, contactCenterId }: NamedPerson) =>
    loginNameOf(userName, centers.get(contactCenterId)?.domain);
  const sorted = (names: Iterable<string>) => [...new Set(names)].toSorted();
  return {
    user: sorted([...people.values()].map(login)),
    clientId: sorted(clients.values()),
    contactCenterId: sorted([...centers.values()].map(({ name }) => name)),
  };
}

const fieldNames = [
  ...(['kind', 'user', 'name', 'entity', 'contactCenterId', 'clientId', 'outcome', 'from', 'to'] as const),
  ...(['correlationId', 'entityId'] as const),
];

function tableOf(visit: ConsoleVisit, entries: readonly Entry[], names: Names): Table {
  const { text } = visit;
  const columns = ['time', 'who', 'did', 'object', 'where'] as const;
  return {
    caption: text('console.audit.title'),
    columns: columns.map((name) => ({ label: text(`console.audit.${name}`) })),
    empty: text('console.audit.empty'),
    rows: entries.map((entry) => rowOf(visit, entry, names)),
  };
}

function rowOf(visit: ConsoleVisit, entry: Entry, names: Names): Row {
  const { text } = visit;
  const {
    who,
    what,
    object,
    center,
    address = '',
    correlationId,
    outcome,
    reason,
  } = saidOf(visit, entry, names);
  const isRefused = outcome !== 'success';
  return {
    cells: [
      { text: text('console.atSecond', { at: new Date(entry.at) }) },
      { text: who.name, href: who.href, ids: idsOf(who) },
      {
        text: what,
        href: requestHref(correlationId),
        ...(isRefused && { badge: outcomeBadge(visit, outcome) }),
        note:
          reason && [text('console.audit.reason', { reason: refusalText(text, reason) }), reason].join(' · '),
      },
      { text: object.name, href: object.href, ids: idsOf(object) },
      { text: address, isCode: address !== '', isWhole: isIPv4(address), note: center?.name },
    ],
  };
}

const idsOf = ({ id }: { id?: string | undefined }): string[] => (id === undefined ? [] : [id]);

/** There may be any number of contact centres: more than a few are typed. */
async function centersOf({ environmentApi, rights }: ConsoleVisit) {
  if (!rights.installation) return [];
  const calls = createContactCenterAdministration(environmentApi);
  const { rows, nextCursor } = await calls.page({ limit: String(maxChoice) });
  return nextCursor === undefined ? rows.map(({ id, name }) => ({ value: id, label: name })) : undefined;
}

/** A file of each trail: they have different columns. */
function exportsOf({ text }: ConsoleVisit, query: TrailQuery) {
  const { before: _before, beforeChange: _beforeChange, ...filter } = query;
  const { events, changes } = filtersOf(query);
  const trails = [
    ...(events === undefined ? [] : [{ label: text('console.audit.tab.events'), path: auditPath }]),
    ...(changes === undefined
      ? []
      : [{ label: text('console.audit.tab.changes'), path: `${auditPath}/changes` }]),
  ];
  return trails.flatMap(({ label, path }) =>
    (['csv', 'ndjson'] as const).map((format) => ({
      label: `${label}: ${text(`console.audit.export.${format}`)}`,
      href: addressOf(`${path}/export.${format}`, filter),
    })),
  );
}
