/** Composes what tells who is calling: the operator's credentials, tokens by introspection, proofs and certificates. */

import { clientCertificatesOf } from '@gatehouse/caller-auth/config/sender-constraint';
import { createOperator } from '@gatehouse/caller-auth/credentials/operator';
import { createSecretAttempts } from '@gatehouse/caller-auth/credentials/secret-attempts';
import { createSecretVerifier } from '@gatehouse/caller-auth/credentials/secret-verifier';
import { createDpopNonces } from '@gatehouse/caller-auth/sender-constraint/dpop-nonces';
import { createDpopProofs, type DpopProofs } from '@gatehouse/caller-auth/sender-constraint/dpop-proof';
import { createResourceTokens } from '@gatehouse/caller-auth/sender-constraint/resource-tokens';
import type { HttpClient } from '@gatehouse/contracts/http-client';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Kit } from '@gatehouse/service-kit/http/run';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import { createKeyspace } from '@gatehouse/service-kit/redis/keys';
import { createSingleUse } from '@gatehouse/service-kit/redis/single-use';
import { type Authenticate, createAuthenticate } from './access/authenticate.ts';
import { createIntrospection } from './access/introspection.ts';
import type { Config } from './config.ts';

export interface AccessDeps {
  authenticate: Authenticate;
  dpopProofs: DpopProofs;
}

export interface AccessBase {
  config: Config;
  kit: Kit;
  redis: RedisClient;
  authApi: HttpClient;
  now: Clock;
}

export async function createAccessDeps({
  config,
  kit,
  redis,
  authApi,
  now,
}: AccessBase): Promise<AccessDeps> {
  const keyspace = createKeyspace(config.redis.keyPrefix);
  const verifier = await createSecretVerifier({
    now,
    concurrency: 2,
    shared: createSecretAttempts({ redis, keyspace, now }),
  });
  const introspection = createIntrospection({
    http: authApi,
    now,
    ttlMs: config.authApi.introspectionCacheMs,
  });
  const { origins, requireNonce } = config.dpop;
  const nonces = createDpopNonces({
    encryptionKeys: config.encryption.keys,
    isRequired: requireNonce,
    now,
  });
  const dpopProofs = createDpopProofs({ origins, nonces, now });
  return {
    dpopProofs,
    authenticate: createAuthenticate({
      operator: createOperator({ ...config.ops, verifier, log: kit.log }),
      resourceTokens: createResourceTokens({
        read: (token) => introspection.read(token),
        confirmationOf: ({ cnf }) => cnf,
        proofs: dpopProofs,
        certificates: clientCertificatesOf(config),
        // Introspection stands on the same Redis: no token was good without it before either.
        singleUse: createSingleUse(redis, keyspace, now),
      }),
    }),
  };
}
