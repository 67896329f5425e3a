/** Writes the configuration as JSON or YAML, in a fixed order, with references instead of secrets. */

import {
  type ConfigServerTlsView,
  classicTraceModes,
  defaultDirectory,
  type LdapView,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type {
  ExportedBranding,
  InstallationFrame,
  Snapshot as OpenSnapshot,
  StoredCenter,
} from '../configuration/estate.ts';
import { auditedFields } from '../contact-centers/contact-center.ts';
import { registryOf } from '../environments/discovery.ts';
import { type Environment, shownLdap } from '../environments/environment.ts';
import { shownTls } from '../environments/tls.ts';
import { referenceFor } from './secret-reference.ts';
import { yamlOf } from './yaml-bodies.ts';

type Snapshot = Pick<OpenSnapshot, 'frame' | 'pages' | 'numbers'>;

export async function* jsonPieces({ frame, pages, numbers }: Snapshot): AsyncGenerator<string> {
  yield `${JSON.stringify(frameOf(frame)).slice(0, -1)},"contactCenters":[`;
  let isFirst = true;
  for await (const centers of pages) {
    const text = centers.map((center) => JSON.stringify(centerOf(center))).join();
    yield isFirst ? text : `,${text}`;
    isFirst = false;
  }
  yield ']';
  isFirst = true;
  for await (const group of numbers) {
    yield `${isFirst ? ',"personNumbers":[' : ','}${JSON.stringify(group)}`;
    isFirst = false;
  }
  yield isFirst ? '}' : ']}';
}

export async function* yamlPieces({ frame, pages, numbers }: Snapshot): AsyncGenerator<string> {
  yield yamlOf(frameOf(frame));
  let isEmpty = true;
  for await (const centers of pages) {
    // YAML lets the entries of a list start in the column of its name.
    yield `${isEmpty ? 'contactCenters:\n' : ''}${yamlOf(centers.map(centerOf))}`;
    isEmpty = false;
  }
  if (isEmpty) yield 'contactCenters: []\n';
  isEmpty = true;
  for await (const group of numbers) {
    yield `${isEmpty ? 'personNumbers:\n' : ''}${yamlOf([group])}`;
    isEmpty = false;
  }
}

/** Everything except contact centres and numbers of people. */
function frameOf(frame: InstallationFrame<ExportedBranding>) {
  return {
    formatVersion: 1,
    locations: frame.locations,
    settings: frame.settings,
    ...brandingOf(frame.branding),
    environments: frame.environments.map((environment) => ({
      id: environment.id,
      name: environment.name,
      ...accountOf(environment),
      connectionProtocol: environment.connectionProtocol,
      localTimeout: environment.localTimeout,
      remoteTimeout: environment.remoteTimeout,
      traceMode: classicTraceModes[environment.traceMode],
      ...definedOnly({ tenant: environment.tenant || undefined }),
      appName: environment.appName,
      tlsEnabled: environment.tlsEnabled,
      ...definedOnly({ tls: environment.tls && tlsOf(environment.id, environment.tls) }),
      ...registryOf(environment),
      configServers: environment.configServers,
      ...definedOnly({ ldap: environment.ldap && ldapOf(environment.id, environment.ldap) }),
    })),
  };
}

/** Left out where there is none: the release before reads it, and would refuse nothing but miss it. */
function brandingOf(entries: readonly ExportedBranding[]) {
  if (entries.length === 0) return {};
  return {
    branding: entries.map(({ location, settings, picture }) => ({
      location,
      ...settings,
      ...definedOnly({ logo: picture === null ? undefined : `data:image/webp;base64,${picture}` }),
    })),
  };
}

function centerOf({ center, settings, signOn, branding }: StoredCenter<ExportedBranding>) {
  const { id } = center;
  const saml = signOn.filter(({ protocol }) => protocol === 'saml');
  const oidc = signOn.filter(({ protocol }) => protocol === 'oidc');
  return {
    id,
    ...auditedFields(center),
    settings,
    ...brandingOf(branding),
    saml: saml.map((entry) => ({ location: entry.location, ...entry.settings })),
    oidc: oidc.map((entry) => ({
      location: entry.location,
      ...entry.settings,
      ...definedOnly({
        clientSecret: entry.secret === null ? undefined : referenceFor('CLIENT_SECRET', id, entry.location),
      }),
    })),
  };
}

/** The directory is named where it is another than before there was a choice. */
function accountOf({ id, directory, username }: Environment) {
  return directory === defaultDirectory
    ? { username, password: referenceFor('PASSWORD', id) }
    : { directory };
}

function ldapOf(id: string, ldap: LdapView) {
  return { ...shownLdap(ldap), bindPassword: referenceFor('BIND_PASSWORD', id) };
}

function tlsOf(id: string, tls: ConfigServerTlsView) {
  const { mutual, ...shown } = shownTls(tls);
  return {
    ...shown,
    ...definedOnly({ mutual: mutual && { ...mutual, key: referenceFor('TLS_KEY', id) } }),
  };
}
