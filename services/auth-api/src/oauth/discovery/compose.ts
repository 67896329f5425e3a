/** Composes the discovery documents, the published key set and the description of the API. */
import { describedApi } from '@gatehouse/service-kit/http';
import type { Config } from '../../config.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { SigningKeyParts } from '../../keys/signing-keys/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import { grantTypes } from '../token/grants/index.ts';
import { offersOf } from './discovery.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { userResources } from './user-resources.ts';

interface DiscoveryDependencies {
  config: Pick<Config, 'authorization' | 'http' | 'mtls' | 'openapi' | 'registration'>;
  signingKeys: SigningKeyParts;
  clients: Clients;
  registration: { isOffered: boolean };
}

export function composeDiscovery({ issuer, publicUrl }: Core, dependencies: DiscoveryDependencies) {
  const { keys: signingKeys } = dependencies.signingKeys.service;
  const { directory } = dependencies.clients;
  const offers = offersOf(dependencies.config, dependencies.registration.isOffered);
  const resources = userResources(issuer, offers);
  const described = { issuer, grantTypes, signingKeys, offers, resources, directory };
  const file = new URL('../../../openapi.json', import.meta.url);
  const { enabled } = dependencies.config.openapi;
  const own = describedApi({ enabled, file, operationId: 'describeAuthApi', publicUrl });
  return {
    mounts: [
      ['anybody', '', (app) => discoveryRoutes(app, described)],
      ['anybody', '/auth/v3', own],
    ],
  } satisfies Domain;
}
