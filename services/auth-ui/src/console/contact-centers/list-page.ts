/** Builds the list of contact centres. */
import { consolePath } from '@gatehouse/contracts/auth-api/console';
import type { ContactCenter } from '@gatehouse/contracts/environment-api/administration/contact-centers';
import type { TablesPage } from '../shell/pages.ts';
import type { Row } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { contactCenterPath, contactCentersPath } from './frame.ts';

export interface ListQuery {
  search: string;
  environmentId: string;
  cursor?: string | undefined;
}

const shownDomains = 3;

export function listPage(
  visit: ConsoleVisit,
  { rows, nextCursor }: { rows: readonly ContactCenter[]; nextCursor?: string | undefined },
  { search, environmentId, cursor }: ListQuery,
  nameOfEnvironment: (id: string) => string | undefined,
): TablesPage {
  const { text } = visit;
  const filter = { ...(search && { search }), ...(environmentId && { environmentId }) };
  const address = (query: Record<string, string>) => {
    const parameters = String(new URLSearchParams(query));
    return parameters === '' ? contactCentersPath : `${contactCentersPath}?${parameters}`;
  };
  const isFiltered = Object.keys(filter).length > 0;
  const create = `${contactCentersPath}/create`;
  return {
    title: text('console.contactCenters.title'),
    lead: text('console.contactCenters.lead'),
    actions: [
      {
        label: text('console.contactCenters.create'),
        href: environmentId === '' ? create : `${create}?${new URLSearchParams({ environmentId })}`,
        isMain: true,
      },
    ],
    search: {
      action: contactCentersPath,
      value: search,
      label: text('console.contactCenters.search'),
      clear: isFiltered ? contactCentersPath : undefined,
      filters:
        environmentId === ''
          ? []
          : [
              {
                name: 'environmentId',
                label: text('console.contactCenters.environment'),
                kind: 'select',
                value: environmentId,
                options: [
                  { value: environmentId, label: nameOfEnvironment(environmentId) ?? environmentId },
                  { value: '', label: text('console.contactCenters.environment.all') },
                ],
              },
            ],
    },
    parts: [
      {
        table: {
          caption: text('console.contactCenters.title'),
          columns: [
            { label: text('console.contactCenters.name') },
            { label: text('console.contactCenters.domains') },
            { label: text('console.contactCenters.environment') },
            { label: text('console.contactCenters.status') },
          ],
          empty: text(isFiltered ? 'console.table.noMatch' : 'console.contactCenters.empty'),
          rows: rows.map((center) => rowOf(visit, center, nameOfEnvironment(center.environmentId))),
          next: nextCursor === undefined ? undefined : address({ ...filter, cursor: nextCursor }),
          first: cursor === undefined ? undefined : address(filter),
        },
      },
    ],
  };
}

function rowOf(
  { text }: ConsoleVisit,
  { id, name, domains, environmentId, status }: ContactCenter,
  environment: string | undefined,
): Row {
  const more = domains.length - shownDomains;
  return {
    cells: [
      { text: name, href: contactCenterPath(id) },
      {
        text: domains.slice(0, shownDomains).join(', '),
        note: more > 0 ? text('console.contactCenters.domains.more', { count: more }) : undefined,
      },
      {
        text: environment ?? environmentId,
        isCode: environment === undefined,
        href: `${consolePath}/environments/${encodeURIComponent(environmentId)}`,
      },
      { text: '', badge: statusBadge({ text }, status) },
    ],
  };
}

function statusBadge({ text }: Pick<ConsoleVisit, 'text'>, status: string) {
  return status === 'active'
    ? ({ text: text('console.contactCenters.status.active'), kind: 'good' } as const)
    : ({ text: text('console.contactCenters.status.disabled'), kind: 'bad' } as const);
}
