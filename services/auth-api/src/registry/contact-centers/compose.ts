/** Composes the cached contact centres and environments, and the client of Environment API that fills them. */
import { createEnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { createHttpClient } from '@gatehouse/api-client/http';
import { currentCorrelationId } from '@gatehouse/service-kit/http';
import type { Config } from '../../config.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import { newOwnerState } from '../../core/revalidating-cache.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import { createInstallation } from './installation.ts';
import { createKeptPolicies } from './kept-policies.ts';
import { createContactCenters, environmentApiSource } from './service.ts';
import { createSubjects } from './subjects.ts';

interface ContactCenterDependencies {
  config: Pick<Config, 'environmentApi' | 'signIn'>;
  revocation: RevocationParts;
  /** Our own calls carry a token. */
  accessTokens: { serviceAuthorization: { header(): Promise<string>; renew(): void } };
}

export type ContactCenters = ServicesOf<typeof composeContactCenters>;

export function composeContactCenters(
  { location, now, log, pool, writer }: Core,
  dependencies: ContactCenterDependencies,
) {
  const { url, internalUrl, staleMaxSeconds } = dependencies.config.environmentApi;
  const { serviceAuthorization } = dependencies.accessTokens;
  const http = createHttpClient({
    dependency: 'Environment API',
    baseUrl: internalUrl ?? url,
    timeoutMs: 1_000,
    authorization: serviceAuthorization.header,
    renewAuthorization: serviceAuthorization.renew,
    correlationId: currentCorrelationId,
  });
  const environmentApi = createEnvironmentApiClient(http);
  const copies = { staleMaxSeconds, owner: newOwnerState() };
  const service = createContactCenters({
    source: environmentApiSource(environmentApi, location),
    defaultDomain: dependencies.config.signIn.defaultTenant,
    copies,
    now,
    log,
  });
  const installation = createInstallation({ environmentApi, location, copies, now });
  const { revocations } = dependencies.revocation;
  const keptPolicies = createKeptPolicies({ db: pool, writer, now, log });
  return {
    services: {
      environmentApi,
      copies,
      service,
      installation,
      keptPolicies,
      subjects: createSubjects({ contactCenters: service, revocations }),
    },
    follows: {
      deletedContactCenter: keptPolicies.forget,
      copies: {
        change(seen) {
          service.applyChange(seen);
          installation.applyChange(seen);
        },
        gap() {
          service.applyGap();
          installation.applyGap();
        },
      },
    },
    async close() {
      await keptPolicies.settled();
      await http.close();
    },
  } satisfies Domain;
}
