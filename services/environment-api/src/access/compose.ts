/** Composes the authentication of callers: operator credentials, introspected tokens, DPoP proofs and certificates. */
import {
  createOperator,
  createSecretAttempts,
  createSecretVerifier,
} from '@gatehouse/caller-auth/credentials';
import {
  clientCertificatesOf,
  createDpopNonces,
  createDpopProofs,
  createResourceTokens,
} from '@gatehouse/caller-auth/sender-constraint';
import { advisoryCheck } from '@gatehouse/service-kit/health';
import { createSingleUse } from '@gatehouse/service-kit/redis';
import type { Config } from '../config.ts';
import type { Domain, ServicesOf } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { createAdministratorPlaces } from './administrator-places.ts';
import { createAdmissions } from './admission.ts';
import { openAuthApi } from './auth-api.ts';
import { createIntrospection } from './introspection.ts';
import { createResource } from './resource.ts';

type AccessConfig = Pick<
  Config,
  'authApi' | 'serviceClient' | 'ops' | 'dpop' | 'encryption' | 'mtls' | 'http' | 'publicUrl'
>;

export type Access = ServicesOf<typeof composeAccess>;

export function composeAccess(core: Core, { config }: { config: AccessConfig }) {
  const { redis, keyspace, region, now, log } = core;
  const { dpop, encryption } = config;
  const { username, password } = config.ops;
  const authApi = openAuthApi(config);
  const { http, patient, introspectionPath: path } = authApi;
  const ttlMs = config.authApi.introspectionCacheMs;
  const attempts = createSecretAttempts({ redis, keyspace, now });
  const verifier = createSecretVerifier({ now, concurrency: 2, shared: attempts });
  const operator = createOperator({ username, password, verifier, log });
  const introspection = createIntrospection({ http, path, now, ttlMs });
  const nonces = createDpopNonces({ encryptionKeys: encryption.keys, isRequired: dpop.requireNonce, now });
  const dpopProofs = createDpopProofs({ origins: dpop.origins, nonces, now });
  const tokens = createResourceTokens({
    ...introspection,
    proofs: dpopProofs,
    certificates: clientCertificatesOf(config),
    // Introspection needs the same Redis: without it no token was accepted before either.
    singleUse: createSingleUse(redis, keyspace, now),
  });
  const administratorPlaces = createAdministratorPlaces({ http, now, ttlMs });
  const resource = createResource(config);
  return {
    services: {
      /** Waits for the work of Auth API. */
      authApi: patient,
      administratorPlaces,
      dpopProofs,
      advertise: resource.advertise,
      ...createAdmissions({ operator, tokens, administratorPlaces, region, now }),
    },
    mounts: [['anybody', '', resource.routes]],
    ready: [advisoryCheck('auth-api', authApi.probe)],
    probes: [authApi.probe],
    close: () => Promise.all([http.close(), patient.close()]),
  } satisfies Domain;
}
