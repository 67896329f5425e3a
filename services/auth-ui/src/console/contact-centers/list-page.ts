/** Builds the list of contact centres. */
import type { ContactCenter } from '@gatehouse/contracts/environment-api/administration/contact-centers';
import { environmentPath } from '../environments/frame.ts';
import type { ListPage } from '../shell/pages.ts';
import { addressOf, pagesOf } from '../shell/paging.ts';
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
): ListPage {
  const { text } = visit;
  const isFiltered = search !== '' || environmentId !== '';
  return {
    title: text('console.contactCenters.title'),
    lead: text('console.contactCenters.lead'),
    actions: [
      {
        label: text('console.contactCenters.create'),
        href: addressOf(`${contactCentersPath}/create`, { environmentId }),
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
      ...pagesOf(contactCentersPath, { search, environmentId }, { current: cursor, next: nextCursor }),
    },
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
        href: environmentPath(environmentId),
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
