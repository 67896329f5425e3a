/** Says what the list of clients shows: the columns of the description, and when each was used. */
import type { ClientView } from '@gatehouse/contracts/auth-administration';
import { client as description } from '@gatehouse/contracts/resources';
import { formatsIn } from '../../texts/formats.ts';
import { describedColumns } from '../form/described.ts';
import type { Column } from '../shell/lists.ts';
import type { Cell } from '../shell/parts.ts';
import type { Resource } from '../shell/resource.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { clientPath, clientsPath } from './page-header.ts';
import { grantText, lastGrantText, typeText } from './words.ts';

export const clients: Resource = {
  path: clientsPath,
  title: 'console.clients.title',
  lead: 'console.clients.lead',
  empty: 'console.clients.empty',
};

export const columns = (visit: ConsoleVisit): Column<ClientView>[] => [
  {
    label: 'console.clients.client',
    sort: 'name',
    cell: ({ client_id, name }) => ({
      text: name,
      href: clientPath(client_id),
      ids: name === client_id ? [] : [client_id],
    }),
  },
  // Both are in the first column.
  ...describedColumns<ClientView>(visit, description, ['client_id', 'name'], {
    clientType: (client) => ({ text: '', badge: { text: typeText(visit, client), kind: 'plain' } }),
    authorizedGrantTypes: ({ authorizedGrantTypes }) => ({
      text: formatsIn(visit.language).words(authorizedGrantTypes.map((grant) => grantText(visit, grant))),
    }),
    contactCenterIds: (client) => centersCell(visit, client),
  }),
  { label: 'console.clients.lastUse', cell: (client) => lastUseCell(visit, client) },
];

const centersCell = ({ text }: ConsoleVisit, { contactCenterIds }: ClientView): Cell => ({
  text:
    contactCenterIds.length === 0
      ? text('console.clients.contactCenters.all')
      : text('console.clients.contactCenters.count', { count: contactCenterIds.length }),
});

const lastUseCell = (visit: ConsoleVisit, client: ClientView): Cell => ({
  text:
    client.lastUsedAt === undefined
      ? visit.text('console.clients.never')
      : visit.text('console.at', { at: new Date(client.lastUsedAt) }),
  note: lastGrantText(visit, client),
});
