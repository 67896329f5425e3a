/** Composes the discovery documents and the published key set. */
import type { Config } from '../../config.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { SigningKeyParts } from '../../keys/signing-keys/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import { grantTypes } from '../token/grants/index.ts';
import { offersOf } from './discovery.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { userResources } from './user-resources.ts';

interface DiscoveryDependencies {
  config: Pick<Config, 'authorization' | 'http' | 'mtls'>;
  signingKeys: SigningKeyParts;
  clients: Clients;
  registration: { isOffered: boolean };
}

export function composeDiscovery({ issuer }: Core, dependencies: DiscoveryDependencies) {
  const { keys: signingKeys } = dependencies.signingKeys.service;
  const { directory } = dependencies.clients;
  const offers = offersOf(dependencies.config, dependencies.registration.isOffered);
  const resources = userResources(issuer, offers);
  const described = { issuer, grantTypes, signingKeys, offers, resources, directory };
  return { mounts: [['anybody', '', (app) => discoveryRoutes(app, described)]] } satisfies Domain;
}
