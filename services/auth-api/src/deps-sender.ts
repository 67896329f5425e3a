/** Composes what binds tokens to their sender, and what checks that they come from there. */
import { clientCertificatesOf } from '@gatehouse/caller-auth/config/sender-constraint';
import { createDpopNonces } from '@gatehouse/caller-auth/sender-constraint/dpop-nonces';
import { createDpopProofs, type DpopProofs } from '@gatehouse/caller-auth/sender-constraint/dpop-proof';
import {
  createResourceTokens,
  type ResourceTokens,
} from '@gatehouse/caller-auth/sender-constraint/resource-tokens';
import { createSingleUse, type SingleUse } from '@gatehouse/service-kit/redis/single-use';
import {
  createSenderConstraints,
  type SenderConstraints,
} from './client-authentication/sender-constraints.ts';
import type { BaseDeps } from './deps.ts';
import type { StoredAccessToken } from './tokens/access-token.ts';

export interface SenderDeps {
  /** Assertions and proofs count once, on all replicas. */
  singleUse: SingleUse;
  dpopProofs: DpopProofs;
  senderConstraints: SenderConstraints;
  resourceTokens: ResourceTokens<StoredAccessToken>;
}

export function createSenderDeps(
  base: Pick<BaseDeps, 'config' | 'redis' | 'keyspace' | 'accessTokens' | 'now'>,
): SenderDeps {
  const { config, redis, keyspace, accessTokens, now } = base;
  const singleUse = createSingleUse(redis, keyspace, now);
  const nonces = createDpopNonces({
    encryptionKeys: config.encryption.keys,
    isRequired: config.dpop.requireNonce,
    now,
  });
  const origins = [config.publicUrl, ...(config.mtls.url === undefined ? [] : [config.mtls.url])];
  const dpopProofs = createDpopProofs({ origins, nonces, now });
  const certificates = clientCertificatesOf(config);
  return {
    singleUse,
    dpopProofs,
    senderConstraints: createSenderConstraints({ proofs: dpopProofs, certificates, singleUse }),
    resourceTokens: createResourceTokens({
      read: (token) => accessTokens.find(token),
      confirmationOf: ({ facts }) => facts.cnf,
      ...{ proofs: dpopProofs, certificates, singleUse },
    }),
  };
}
