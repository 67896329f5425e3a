/** Composes the discovery documents and the published key set. */

import type { App } from '@gatehouse/service-kit/http/app';
import type { Core } from '../core.ts';
import type { Keys } from '../keys/compose.ts';
import { grantTypes } from '../token/grants/index.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { userResources } from './user-resources.ts';

interface DiscoveryDependencies {
  keys: Keys;
  config: {
    authorization: { requirePushed: boolean };
    http: { tls: { clientCertificates: boolean } };
    mtls: { url: string | undefined; header: string | undefined };
  };
  registration: { isOffered: boolean };
}

export function composeDiscovery({ issuer }: Core, { config, keys, registration }: DiscoveryDependencies) {
  const { authorization, http, mtls } = config;
  const offers = {
    requiresPushed: authorization.requirePushed,
    registration: registration.isOffered,
    certificates: http.tls.clientCertificates || mtls.header !== undefined,
    mtlsUrl: mtls.url,
  };
  const resources = userResources(issuer, offers);
  const signingKeys = () => keys.service.keys.all;
  return {
    routes: async (app: App) => discoveryRoutes(app, { issuer, grantTypes, signingKeys, offers, resources }),
  };
}
