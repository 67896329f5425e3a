/** The estate as a document that can be kept in a repository: in a fixed order, with references instead of secrets. */
import { classicTraceModes } from '@gatehouse/contracts/environment-api/administration/environments';
import type { ConfigServerTlsView } from '@gatehouse/contracts/environment-api/config-server-tls';
import { registryOf } from '../environments/discovery.ts';
import { shownTls } from '../environments/tls.ts';
import { referenceFor } from './secret-reference.ts';
import type { EstateFrame, StoredCenter } from './store.ts';

/** All but the contact centres. */
export function frameOf(estate: EstateFrame) {
  return {
    formatVersion: 1,
    locations: estate.locations,
    settings: estate.settings,
    environments: estate.environments.map((environment) => ({
      id: environment.id,
      username: environment.username,
      password: referenceFor('PASSWORD', environment.id),
      connectionProtocol: environment.connectionProtocol,
      localTimeout: environment.localTimeout,
      remoteTimeout: environment.remoteTimeout,
      traceMode: classicTraceModes[environment.traceMode],
      tenant: environment.tenant,
      appName: environment.appName,
      tlsEnabled: environment.tlsEnabled,
      ...(environment.tls ? { tls: tlsOf(environment.id, environment.tls) } : {}),
      ...registryOf(environment),
      configServers: environment.configServers,
    })),
  };
}

export function centerOf({ center, settings, signOn }: StoredCenter) {
  const { id, environmentId, name, domains, auth, status } = center;
  const saml = signOn.filter(({ protocol }) => protocol === 'saml');
  const oidc = signOn.filter(({ protocol }) => protocol === 'oidc');
  return {
    id,
    environmentId,
    name,
    domains,
    auth,
    status,
    settings,
    saml: saml.map((entry) => ({ location: entry.location, ...entry.settings })),
    oidc: oidc.map((entry) => ({
      location: entry.location,
      ...entry.settings,
      ...(entry.secret === null ? {} : { clientSecret: referenceFor('CLIENT_SECRET', id, entry.location) }),
    })),
  };
}

function tlsOf(id: string, tls: ConfigServerTlsView) {
  const { mutual, ...shown } = shownTls(tls);
  return { ...shown, ...(mutual ? { mutual: { ...mutual, key: referenceFor('TLS_KEY', id) } } : {}) };
}
