/** Composes the cached contact centres and environments, and the client of Environment API that fills them. */

import { createEnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { createHttpClient } from '@gatehouse/api-client/http';
import { currentCorrelationId } from '@gatehouse/service-kit/http';
import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import { newOwnerState } from '../../core/revalidating-cache.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import { createContactCenters, environmentApiSource } from './service.ts';
import { createSubjects } from './subjects.ts';

interface ContactCenterDependencies {
  config: {
    environmentApi: { url: string; internalUrl: string | undefined; staleMaxSeconds: number };
    signIn: { defaultTenant: string | undefined };
  };
  revocation: RevocationParts;
  /** Our own calls carry a token. */
  accessTokens: { serviceAuthorization: { header(): Promise<string>; renew(): void } };
}

export type ContactCenters = ServicesOf<typeof composeContactCenters>;

export function composeContactCenters(core: Core, dependencies: ContactCenterDependencies) {
  const { location, now, log } = core;
  const {
    config: { environmentApi, signIn },
    revocation,
    accessTokens: { serviceAuthorization },
  } = dependencies;
  const http = createHttpClient({
    dependency: 'Environment API',
    baseUrl: environmentApi.internalUrl ?? environmentApi.url,
    timeoutMs: 1_000,
    authorization: serviceAuthorization.header,
    renewAuthorization: serviceAuthorization.renew,
    correlationId: currentCorrelationId,
  });
  const client = createEnvironmentApiClient(http);
  const owner = newOwnerState();
  const service = createContactCenters({
    source: environmentApiSource(client, location),
    defaultDomain: signIn.defaultTenant,
    staleMaxSeconds: environmentApi.staleMaxSeconds,
    owner,
    now,
    onStale: (what, key, ageMs, error) =>
      log.warn({ err: error, what, key, ageMs }, 'Environment API cannot answer: a cached copy is used'),
  });
  const services = {
    environmentApi: client,
    /** For all caches of its data: while it hangs, one of them finds that out and the others need not wait. */
    environmentApiState: owner,
    service,
    subjects: createSubjects({ contactCenters: service, revocations: revocation.revocations }),
  };
  return {
    services,
    follows: { copies: { change: service.applyChange, gap: service.applyGap } },
    close: () => http.close(),
  } satisfies Domain;
}
