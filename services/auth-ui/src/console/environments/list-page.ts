/** Says what the list of environments shows. */
import type { Environment } from '@gatehouse/contracts/environment-administration';
import { isOwnDirectory } from '@gatehouse/contracts/environment-api';
import { environment as description } from '@gatehouse/contracts/resources';
import { describedColumns } from '../form/described.ts';
import type { Column } from '../shell/lists.ts';
import type { Cell } from '../shell/parts.ts';
import type { Resource } from '../shell/resource.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { environmentPath, environmentsPath, nameOf } from './page-header.ts';
import { hostAndPort } from './server-lines.ts';

export const environments: Resource = {
  path: environmentsPath,
  title: 'console.environments.title',
  lead: 'console.environments.lead',
  empty: 'console.environments.empty',
};

/** The name leads to the identifier. */
const shown = ['id', 'name', 'directory', 'configServers', 'tlsEnabled'];

export const columns = (visit: ConsoleVisit): Column<Environment>[] => [
  {
    label: 'console.environments.environment',
    sort: 'name',
    cell: (environment) => ({
      text: nameOf(environment),
      href: environmentPath(environment.id),
      ids: [environment.id],
    }),
  },
  {
    label: 'console.environments.directory',
    cell: ({ directory }) => ({ text: visit.text(`console.environments.directory.${directory}`) }),
  },
  { label: 'console.environments.servers', cell: (environment) => ({ text: serversOf(environment) }) },
  { label: 'console.environments.encryption', cell: (environment) => encryptionCell(visit, environment) },
  ...describedColumns<Environment>(visit, description, shown),
];

function encryptionCell({ text }: ConsoleVisit, { directory, tlsEnabled }: Environment): Cell {
  if (isOwnDirectory(directory)) return { text: '' };
  return tlsEnabled
    ? { text: '', badge: { text: text('console.environments.encryption.on'), kind: 'good' } }
    : { text: '', badge: { text: text('console.environments.encryption.off'), kind: 'bad' } };
}

function serversOf({ configServers, ldap, consulService, srvRecord }: Environment): string {
  const servers = ldap
    ? ldap.servers.map(({ address, port }) => hostAndPort(address, port))
    : configServers.map(({ primaryAddress, primaryPort }) => hostAndPort(primaryAddress, primaryPort));
  const [first, ...others] = [...servers, consulService, srvRecord].filter((one) => one !== undefined);
  return first === undefined ? '' : others.length === 0 ? first : `${first} +${others.length}`;
}
