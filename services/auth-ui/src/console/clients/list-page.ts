/** Builds the list of clients. */
import type { ClientView } from '@gatehouse/contracts/auth-api/administration/client-view';
import { formatsIn } from '../../texts/formats.ts';
import type { ListPage } from '../shell/pages.ts';
import { pagesOf } from '../shell/paging.ts';
import type { Row } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { clientPath, clientsPath } from './frame.ts';
import { grantText, lastGrantText, typeText } from './words.ts';

/** What the address says. */
export interface ListQuery {
  search: string;
  contactCenterId: string;
  cursor: string;
}

interface Clients {
  rows: readonly ClientView[];
  nextCursor?: string | undefined;
}

export function listPage(visit: ConsoleVisit, { rows, nextCursor }: Clients, query: ListQuery): ListPage {
  const { text, rights } = visit;
  const { search, contactCenterId, cursor } = query;
  const isWhole = search === '' && contactCenterId === '';
  return {
    title: text('console.clients.title'),
    lead:
      contactCenterId === ''
        ? text(rights.installation ? 'console.clients.lead' : 'console.clients.lead.own')
        : text('console.clients.lead.center', { contactCenterId }),
    ...(rights.installation
      ? { actions: [{ label: text('console.clients.new'), href: `${clientsPath}/new`, isMain: true }] }
      : {}),
    search: {
      action: clientsPath,
      value: search,
      label: text('console.clients.search'),
      hidden: contactCenterId === '' ? {} : { contactCenterId },
      clear: isWhole ? undefined : clientsPath,
    },
    table: {
      caption: text('console.clients.title'),
      columns: [
        { label: text('console.clients.client') },
        { label: text('field.client.clientType') },
        { label: text('field.client.authorizedGrantTypes') },
        { label: text('console.clients.contactCenters') },
        { label: text('console.clients.lastUse') },
      ],
      empty: text(emptyText(visit, isWhole && cursor === '')),
      rows: rows.map((client) => rowOf(visit, client)),
      ...pagesOf(clientsPath, { search, contactCenterId }, { current: cursor, next: nextCursor }),
    },
  };
}

function emptyText({ rights }: ConsoleVisit, isAll: boolean) {
  if (!isAll) return 'console.table.noMatch';
  return rights.installation ? 'console.clients.empty' : 'console.clients.empty.own';
}

function rowOf(visit: ConsoleVisit, client: ClientView): Row {
  const { text, language } = visit;
  const { client_id, name, authorizedGrantTypes, contactCenterIds, lastUsedAt } = client;
  return {
    cells: [
      { text: name, href: clientPath(client_id), note: name === client_id ? undefined : client_id },
      { text: '', badge: { text: typeText(visit, client), kind: 'plain' } },
      { text: formatsIn(language).words(authorizedGrantTypes.map((grant) => grantText(visit, grant))) },
      {
        text:
          contactCenterIds.length === 0
            ? text('console.clients.contactCenters.all')
            : text('console.clients.contactCenters.count', { count: contactCenterIds.length }),
      },
      {
        text:
          lastUsedAt === undefined
            ? text('console.clients.never')
            : text('console.at', { at: new Date(lastUsedAt) }),
        note: lastGrantText(visit, client),
      },
    ],
  };
}
