/** Builds the page about one environment: what its form has, its Configuration Servers, and the check. */
import type { Environment } from '@gatehouse/contracts/environment-administration';
import { configServer } from '@gatehouse/contracts/resources';
import { describedColumns } from '../form/described.ts';
import { type Input, type Typed, textAt, typedOf } from '../form/inputs.ts';
import { type Column, tableOf } from '../shell/lists.ts';
import { contactCentersPath } from '../shell/names/contact-centers.ts';
import type { ConsolePage } from '../shell/pages.ts';
import { type Fact, factOf, type Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { linesOf } from '../shell/typed.ts';
import { sectionsFor } from './fields.ts';
import { environmentPath, environmentsPath, nameOf } from './page-header.ts';
import { hostAndPort } from './server-lines.ts';

interface Part {
  title: string;
  facts: Fact[];
  servers: { lead: string; table: Table; add: { href: string; label: string } } | undefined;
}

export interface EnvironmentPage extends ConsolePage {
  facts: Fact[];
  parts: Part[];
  check: { action: string; label: string; text: string };
}

export function environmentPage(visit: ConsoleVisit, environment: Environment): EnvironmentPage {
  const { text } = visit;
  const { id, directory, createdAt, updatedAt } = environment;
  const own = environmentPath(id);
  return {
    title: nameOf(environment),
    breadcrumbs: [{ label: text('console.environments.title'), href: environmentsPath }],
    actions: [
      {
        label: text('console.environments.centers'),
        href: `${contactCentersPath}?environmentId=${id}`,
      },
      { label: text('console.environments.delete'), href: `${own}/delete`, isEnding: true },
      { label: text('console.environments.change'), href: `${own}/change`, isMain: true },
    ],
    facts: [
      ...factOf(text('field.environment.id'), id, true),
      ...factOf(text('console.environments.directory'), text(`console.environments.directory.${directory}`)),
      ...factOf(text('console.environments.created.at'), text('console.at', { at: new Date(createdAt) })),
      ...factOf(text('console.environments.updated'), text('console.at', { at: new Date(updatedAt) })),
    ],
    parts: partsOf(visit, environment),
    check: {
      action: `${own}/check`,
      label: text('console.environments.check'),
      text: text('console.environments.check.text'),
    },
  };
}

/** The sections of the form. Certificates are read there alone: they are long. */
function partsOf(visit: ConsoleVisit, environment: Environment): Part[] {
  const { text } = visit;
  const { id, directory, configServers } = environment;
  const own = environmentPath(id);
  const servers = {
    lead: text('console.environments.servers.lead'),
    add: { href: `${own}/servers/new`, label: text('console.environments.server.add') },
    table: serverTable(visit, own, configServers),
  };
  return sectionsFor(directory, true).flatMap(({ title, inputs }) => {
    const known = inputs.filter(
      ({ path, kind, appearance }) =>
        path !== 'configServers' && kind !== 'secret' && appearance?.kind !== 'textarea',
    );
    const typed = typedOf(known, environment);
    const facts = known.flatMap((input) =>
      factOf(text(input.label), shownIn(visit, input, typed), input.appearance?.isCode),
    );
    const hasServers = title === 'console.environments.section.servers';
    if (title === undefined || !(hasServers || facts.length > 0)) return [];
    return [{ title: text(title), facts, servers: hasServers ? servers : undefined }];
  });
}

function shownIn({ text }: ConsoleVisit, { path, kind, options = [] }: Input, typed: Typed): string {
  const value = textAt(typed, path);
  if (kind === 'flag') return text(value === 'true' ? 'console.comparison.yes' : 'console.form.no');
  if (kind === 'lines') return linesOf(value).join(' · ');
  if (kind === 'number' && path !== 'ldap.groupDepth')
    return text('console.clients.seconds', { count: Number(value) });
  const label = options.find((option) => option.value === value)?.label;
  return label === undefined ? value : text(label);
}

type Server = Environment['configServers'][number];

function serverTable(visit: ConsoleVisit, own: string, servers: readonly Server[]): Table {
  const { text } = visit;
  return tableOf<Server>(visit, {
    caption: 'console.environments.servers',
    empty: 'console.environments.servers.empty',
    columns: serverColumns(visit),
    items: servers,
    actions: (server) => [
      {
        label: text('console.environments.server.edit'),
        href: `${own}/servers/${server.id}`,
        describes: primaryOf(server),
      },
      {
        label: text('console.environments.server.remove'),
        href: `${own}/servers/${server.id}/remove`,
        describes: primaryOf(server),
        isEnding: true,
      },
    ],
  });
}

const primaryOf = ({ primaryAddress, primaryPort }: Server) => hostAndPort(primaryAddress, primaryPort);

const serverColumns = (visit: ConsoleVisit): Column<Server>[] => [
  {
    label: 'field.configServer.primaryAddress',
    cell: (server) => ({
      text: primaryOf(server),
      isCode: true,
      badge: server.readOnly
        ? { text: visit.text('console.environments.server.readOnly.badge'), kind: 'plain' }
        : undefined,
    }),
  },
  {
    label: 'field.configServer.backupAddress',
    cell({ backupAddress, backupPort }) {
      const backup = backupAddress === undefined ? '' : hostAndPort(backupAddress, backupPort ?? 0);
      return { text: backup, isCode: backup !== '' };
    },
  },
  {
    label: 'field.configServer.locations',
    cell: ({ locations }) => ({ text: locations.join(', '), isCode: true }),
  },
  ...describedColumns<Server>(visit, configServer, []),
];
