/** Builds the page about one environment: what is known, its Configuration Servers, and the check. */

import type { Environment } from '@gatehouse/contracts/environment-api/administration/environments';
import { contactCentersPath } from '../shell/contact-centers.ts';
import type { ConsolePage } from '../shell/pages.ts';
import { type Fact, factOf, type Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { hostAndPort } from './fields.ts';
import { environmentPath, environmentsPath, nameOf } from './frame.ts';

export interface EnvironmentPage extends ConsolePage {
  facts: Fact[];
  servers: { title: string; lead: string; table: Table; add: { href: string; label: string } } | undefined;
  check: { action: string; label: string; text: string };
}

export function environmentPage(visit: ConsoleVisit, environment: Environment): EnvironmentPage {
  const { text } = visit;
  const { id, directory, ldap, configServers } = environment;
  const own = environmentPath(id);
  return {
    title: nameOf(visit, environment),
    path: [{ label: text('console.environments.title'), href: environmentsPath }],
    actions: [
      {
        label: text('console.environments.centers'),
        href: `${contactCentersPath}?environmentId=${id}`,
      },
      { label: text('console.environments.delete'), href: `${own}/delete` },
      ...(directory === 'people'
        ? []
        : [{ label: text('console.environments.change'), href: `${own}/change`, isMain: true }]),
    ],
    facts: [
      ...factOf(text('console.environments.id'), id, true),
      ...factOf(text('console.environments.directory'), text(`console.environments.directory.${directory}`)),
      ...factOf(text('field.environment.tenant'), environment.tenant),
      ...factOf(text('field.environment.username'), environment.username, true),
      ...factOf(
        text('field.environment.appName'),
        directory === 'configServer' ? environment.appName : '',
        true,
      ),
      ...factOf(text('field.environment.consulService'), environment.consulService, true),
      ...factOf(text('field.environment.srvRecord'), environment.srvRecord, true),
      ...factOf(text('field.environment.ldap.bindDn'), ldap?.bindDn, true),
      ...factOf(text('field.environment.ldap.baseDns'), ldap?.baseDns.join(' · '), true),
      ...(directory === 'people'
        ? []
        : factOf(
            text('console.environments.encryption'),
            text(`console.environments.encryption.${environment.tlsEnabled ? 'on' : 'off'}`),
          )),
      ...factOf(
        text('console.environments.created.at'),
        text('console.at', { at: new Date(environment.createdAt) }),
      ),
      ...factOf(
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
      { label: text('field.configServer.primaryAddress') },
      { label: text('field.configServer.backupAddress') },
      { label: text('field.configServer.locations') },
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
