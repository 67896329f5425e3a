/** Composes what binds tokens to their sender, and what checks that they come from there. */
import { createDpopNonces } from '@gatehouse/service-kit/sender-constraint/dpop-nonces';
import { createDpopProofs, type DpopProofs } from '@gatehouse/service-kit/sender-constraint/dpop-proof';
import { createSingleUse, type SingleUse } from './assertions/single-use.ts';
import type { BaseDeps } from './deps.ts';
import { createResourceTokens, type ResourceTokens } from './sender-constraint/resource-tokens.ts';
import { createSenderConstraints, type SenderConstraints } from './sender-constraint/sender-constraints.ts';

export interface SenderDeps {
  /** Assertions and proofs count once, on all replicas. */
  singleUse: SingleUse;
  dpopProofs: DpopProofs;
  senderConstraints: SenderConstraints;
  resourceTokens: ResourceTokens;
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
  const dpopProofs = createDpopProofs({ origins: [config.publicUrl], nonces, now });
  return {
    singleUse,
    dpopProofs,
    senderConstraints: createSenderConstraints({ proofs: dpopProofs, singleUse }),
    resourceTokens: createResourceTokens({ accessTokens, proofs: dpopProofs, singleUse }),
  };
}
