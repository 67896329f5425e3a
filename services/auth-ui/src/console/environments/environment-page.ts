/** Builds the page about one environment: what its form has, its Configuration Servers, and the check. */
import type { Environment } from '@gatehouse/contracts/environment-api/administration/environments';
import { type Input, type Typed, textAt, typedOf } from '../form/inputs.ts';
import { contactCentersPath } from '../shell/contact-centers.ts';
import type { ConsolePage } from '../shell/pages.ts';
import { type Fact, factOf, type Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { linesOf } from '../shell/typed.ts';
import { sectionsFor } from './fields.ts';
import { environmentPath, environmentsPath, nameOf } from './frame.ts';
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
      ({ path, kind, look }) => path !== 'configServers' && kind !== 'secret' && look?.kind !== 'textarea',
    );
    const typed = typedOf(known, environment);
    const facts = known.flatMap((input) =>
      factOf(text(input.label), shownIn(visit, input, typed), input.look?.isCode),
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
