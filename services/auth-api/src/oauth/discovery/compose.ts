/** Composes the discovery documents and the published key set. */

import type { Core } from '../../core/core.ts';
import type { Domain } from '../../core/domain.ts';
import type { SigningKeyParts } from '../../keys/signing-keys/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import { grantTypes } from '../token/grants/index.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { userResources } from './user-resources.ts';

interface DiscoveryDependencies {
  signingKeys: SigningKeyParts;
  clients: Clients;
  config: {
    authorization: { requirePushed: boolean };
    http: { tls: { clientCertificates: boolean } };
    mtls: { url: string | undefined; header: string | undefined };
  };
  registration: { isOffered: boolean };
}

export function composeDiscovery({ issuer }: Core, dependencies: DiscoveryDependencies) {
  const { config, signingKeys, clients, registration } = dependencies;
  const { authorization, http, mtls } = config;
  const offers = {
    requiresPushed: authorization.requirePushed,
    registration: registration.isOffered,
    certificates: http.tls.clientCertificates || mtls.header !== undefined,
    mtlsUrl: mtls.url,
  };
  const resources = userResources(issuer, offers);
  const publishedKeys = () => signingKeys.service.keys.all;
  /** The document must be there without PostgreSQL too. */
  const detailTypes = async () => {
    const known = await clients.directory.detailTypes().catch(() => undefined);
    return [...(known?.keys() ?? [])];
  };
  const described = { issuer, grantTypes, signingKeys: publishedKeys, offers, resources, detailTypes };
  return {
    mounts: [['anybody', '', (app) => discoveryRoutes(app, described)]],
  } satisfies Domain;
}
