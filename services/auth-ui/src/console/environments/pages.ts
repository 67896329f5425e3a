/** Builds the pages about environments. */
import { consolePath } from '@gatehouse/contracts/auth-api/console';
import type { Environment } from '@gatehouse/contracts/environment-api/administration/environments';
import { type Directory, directories } from '@gatehouse/contracts/environment-api/directory';
import type { ConfirmPage, ConsolePage, FormPage } from '../shell/pages.ts';
import { type Search, type Table, withProblem } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { formSections, hostAndPort, type Typed } from './fields.ts';

const path = `${consolePath}/environments`;

export interface EnvironmentsPage extends ConsolePage {
  search: Search;
  table: Table;
}

export interface EnvironmentPage extends ConsolePage {
  facts: { label: string; value: string; isCode?: boolean }[];
  servers: { title: string; lead: string; table: Table; add?: { href: string; label: string } } | undefined;
  check: { action: string; label: string; text: string };
}

/** What people know an environment by: it has no name of its own. */
export function nameOf(
  { text }: ConsoleVisit,
  { directory, tenant, ldap, configServers }: Environment,
): string {
  if (directory === 'people') return text('console.environments.directory.people');
  if (directory === 'ldap') return ldap?.baseDns[0] ?? text('console.environments.directory.ldap');
  const [first] = configServers;
  return [tenant, first && hostAndPort(first.primaryAddress, first.primaryPort)].filter(Boolean).join(' · ');
}

export function above(visit: ConsoleVisit, environment: Environment) {
  return [
    { label: visit.text('console.environments.title'), href: path },
    { label: nameOf(visit, environment), href: `${path}/${environment.id}` },
  ];
}

export function environmentsPage(
  visit: ConsoleVisit,
  { rows, nextCursor }: { rows: Environment[]; nextCursor?: string | undefined },
  { search, cursor }: { search: string; cursor?: string | undefined },
): EnvironmentsPage {
  const { text } = visit;
  const query = search === '' ? {} : { search };
  return {
    title: text('console.environments.title'),
    lead: text('console.environments.lead'),
    actions: [{ label: text('console.environments.new'), href: `${path}/new`, isMain: true }],
    search: {
      action: path,
      value: search,
      label: text('console.environments.search'),
      clear: search === '' ? undefined : path,
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
          { text: nameOf(visit, environment), href: `${path}/${environment.id}`, note: environment.id },
          { text: text(`console.environments.directory.${environment.directory}`) },
          { text: serversOf(environment) },
          environment.directory === 'people'
            ? { text: '' }
            : environment.tlsEnabled
              ? { text: '', badge: { text: text('console.environments.encryption.on'), kind: 'good' } }
              : { text: '', badge: { text: text('console.environments.encryption.off'), kind: 'bad' } },
        ],
      })),
      next:
        nextCursor === undefined
          ? undefined
          : `${path}?${new URLSearchParams({ ...query, cursor: nextCursor })}`,
      first: cursor === undefined ? undefined : `${path}?${new URLSearchParams(query)}`,
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

export function environmentPage(visit: ConsoleVisit, environment: Environment): EnvironmentPage {
  const { text } = visit;
  const { id, directory, ldap, configServers } = environment;
  const own = `${path}/${id}`;
  const fact = (label: string, value: string | undefined, isCode = false) =>
    value === undefined || value === '' ? [] : [{ label, value, isCode }];
  return {
    title: nameOf(visit, environment),
    path: [{ label: text('console.environments.title'), href: path }],
    actions: [
      {
        label: text('console.environments.centers'),
        href: `${consolePath}/contact-centers?environmentId=${id}`,
      },
      { label: text('console.environments.delete'), href: `${own}/delete` },
      ...(directory === 'people'
        ? []
        : [{ label: text('console.environments.change'), href: `${own}/change`, isMain: true }]),
    ],
    facts: [
      ...fact(text('console.environments.id'), id, true),
      ...fact(text('console.environments.directory'), text(`console.environments.directory.${directory}`)),
      ...fact(text('console.environments.field.tenant'), environment.tenant),
      ...fact(text('console.environments.field.username'), environment.username, true),
      ...fact(
        text('console.environments.field.appName'),
        directory === 'configServer' ? environment.appName : '',
        true,
      ),
      ...fact(text('console.environments.field.consulService'), environment.consulService, true),
      ...fact(text('console.environments.field.srvRecord'), environment.srvRecord, true),
      ...fact(text('console.environments.field.ldap.bindDn'), ldap?.bindDn, true),
      ...fact(text('console.environments.field.ldap.baseDns'), ldap?.baseDns.join(' · '), true),
      ...(directory === 'people'
        ? []
        : fact(
            text('console.environments.encryption'),
            text(`console.environments.encryption.${environment.tlsEnabled ? 'on' : 'off'}`),
          )),
      ...fact(
        text('console.environments.created.at'),
        text('console.at', { at: new Date(environment.createdAt) }),
      ),
      ...fact(
        text('console.environments.updated'),
        text('console.at', { at: new Date(environment.updatedAt) }),
      ),
    ],
    servers:
      directory === 'configServer'
        ? {
            title: text('console.environments.servers'),
            lead: text('console.environments.servers.lead'),
            add: { href: `${own}/servers/new`, label: text('console.environments.server.add') },
            table: serverTable(visit, own, configServers),
          }
        : undefined,
    check: {
      action: `${own}/check`,
      label: text('console.environments.check'),
      text: text('console.environments.check.text'),
    },
  };
}

function serverTable({ text }: ConsoleVisit, own: string, servers: Environment['configServers']): Table {
  return {
    caption: text('console.environments.servers'),
    columns: [
      { label: text('console.environments.server.primaryAddress') },
      { label: text('console.environments.server.backupAddress') },
      { label: text('console.environments.server.locations') },
    ],
    empty: text('console.environments.servers.empty'),
    rows: servers.map((server) => {
      const name = hostAndPort(server.primaryAddress, server.primaryPort);
      const { backupAddress, backupPort } = server;
      const backup = backupAddress === undefined ? '' : hostAndPort(backupAddress, backupPort ?? 0);
      return {
        cells: [
          {
            text: name,
            isCode: true,
            badge: server.readOnly
              ? { text: text('console.environments.server.readOnly.badge'), kind: 'plain' }
              : undefined,
          },
          { text: backup, isCode: backup !== '' },
          { text: server.locations.join(', '), isCode: true },
        ],
        actions: [
          {
            label: text('console.environments.server.edit'),
            href: `${own}/servers/${server.id}`,
            describes: name,
          },
          {
            label: text('console.environments.server.remove'),
            href: `${own}/servers/${server.id}/remove`,
            describes: name,
          },
        ],
      };
    }),
  };
}

export function chooseDirectoryPage({ text }: ConsoleVisit): FormPage {
  return {
    title: text('console.environments.new'),
    lead: text('console.environments.new.lead'),
    path: [{ label: text('console.environments.title'), href: path }],
    form: {
      action: `${path}/new`,
      isRead: true,
      sections: [
        {
          fields: [
            {
              name: 'directory',
              label: text('console.environments.directory'),
              kind: 'choice',
              value: 'configServer',
              options: directories.map((directory) => ({
                value: directory,
                label: text(`console.environments.directory.${directory}`),
                hint: text(`console.environments.directory.${directory}.hint`),
              })),
            },
          ],
        },
      ],
      submit: text('button.continue'),
      cancel: path,
    },
  };
}

export function newPage(
  visit: ConsoleVisit,
  directory: Directory,
  typed: Typed,
  problem?: Problem,
): FormPage {
  const { text } = visit;
  return {
    title: text('console.environments.new'),
    lead: text(`console.environments.directory.${directory}.hint`),
    path: [{ label: text('console.environments.title'), href: path }],
    form: withProblem(
      {
        action: `${path}/new`,
        hidden: { directory },
        sections: formSections(visit, directory, typed, true),
        submit: text('console.environments.create'),
        cancel: `${path}/new`,
      },
      problem,
    ),
  };
}

export function changePage(
  visit: ConsoleVisit,
  environment: Environment,
  typed: Typed,
  etag: string,
  problem?: Problem,
): FormPage {
  const { text } = visit;
  return {
    title: text('console.environments.change'),
    path: above(visit, environment),
    form: withProblem(
      {
        action: `${path}/${environment.id}/change`,
        hidden: { ifMatch: etag },
        sections: formSections(visit, environment.directory, typed, false),
        submit: text('console.environments.save'),
        cancel: `${path}/${environment.id}`,
      },
      problem,
    ),
  };
}

export function removePage(
  visit: ConsoleVisit,
  environment: Environment,
  etag: string,
  problem?: Problem,
): ConfirmPage {
  const { text } = visit;
  return {
    title: text('console.environments.delete.title'),
    lead: text('console.environments.delete.lead'),
    path: above(visit, environment),
    facts: [{ label: text('console.environments.environment'), value: nameOf(visit, environment) }],
    form: withProblem(
      {
        action: `${path}/${environment.id}/delete`,
        hidden: { ifMatch: etag },
        sections: [],
        submit: text('console.environments.delete'),
        cancel: `${path}/${environment.id}`,
        isDangerous: true,
      },
      problem,
    ),
  };
}
