/** Builds the list of environments. */
import type { Environment } from '@gatehouse/contracts/environment-api/administration/environments';
import type { ListPage } from '../shell/pages.ts';
import { pagesOf } from '../shell/paging.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { hostAndPort } from './fields.ts';
import { environmentPath, environmentsPath, nameOf } from './frame.ts';

export function listPage(
  visit: ConsoleVisit,
  { rows, nextCursor }: { rows: Environment[]; nextCursor?: string | undefined },
  { search, cursor }: { search: string; cursor?: string | undefined },
): ListPage {
  const { text } = visit;
  return {
    title: text('console.environments.title'),
    lead: text('console.environments.lead'),
    actions: [{ label: text('console.environments.new'), href: `${environmentsPath}/new`, isMain: true }],
    search: {
      action: environmentsPath,
      value: search,
      label: text('console.environments.search'),
      clear: search === '' ? undefined : environmentsPath,
    },
    table: {
      caption: text('console.environments.title'),
      columns: [
        { label: text('console.environments.environment') },
        { label: text('console.environments.directory') },
        { label: text('console.environments.servers') },
        { label: text('console.environments.encryption') },
      ],
      empty: text(search === '' ? 'console.environments.empty' : 'console.table.noMatch'),
      rows: rows.map((environment) => ({
        cells: [
          { text: nameOf(visit, environment), href: environmentPath(environment.id), note: environment.id },
          { text: text(`console.environments.directory.${environment.directory}`) },
          { text: serversOf(environment) },
          environment.directory === 'people'
            ? { text: '' }
            : environment.tlsEnabled
              ? { text: '', badge: { text: text('console.environments.encryption.on'), kind: 'good' } }
              : { text: '', badge: { text: text('console.environments.encryption.off'), kind: 'bad' } },
        ],
      })),
      ...pagesOf(environmentsPath, { search }, { current: cursor, next: nextCursor }),
    },
  };
}

function serversOf({ configServers, ldap, consulService, srvRecord }: Environment): string {
  const servers = ldap
    ? ldap.servers.map(({ address, port }) => hostAndPort(address, port))
    : configServers.map(({ primaryAddress, primaryPort }) => hostAndPort(primaryAddress, primaryPort));
  const [first, ...others] = [...servers, consulService, srvRecord].filter((one) => one !== undefined);
  return first === undefined ? '' : others.length === 0 ? first : `${first} +${others.length}`;
}
