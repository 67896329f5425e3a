/** Composes what binds tokens to their sender, and what checks that they come from there. */
import { createClientCertificates } from '@gatehouse/service-kit/sender-constraint/client-certificates';
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
  const origins = [config.publicUrl, ...(config.mtls.url === undefined ? [] : [config.mtls.url])];
  const dpopProofs = createDpopProofs({ origins, nonces, now });
  const { header, headerFormat: format } = config.mtls;
  const certificates = createClientCertificates({
    fromSocket: config.http.tls.clientCertificates,
    header: header === undefined ? undefined : { name: header, format },
    trustedProxies: config.http.trustedProxies,
  });
  return {
    singleUse,
    dpopProofs,
    senderConstraints: createSenderConstraints({ proofs: dpopProofs, certificates, singleUse }),
    resourceTokens: createResourceTokens({ accessTokens, proofs: dpopProofs, certificates, singleUse }),
  };
}
