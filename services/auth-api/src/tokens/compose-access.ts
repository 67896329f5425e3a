/** Composes the access tokens apart from the rest: our calls to Environment API carry one, and the rest needs what it answers. */
import type { Secret } from '@gatehouse/service-kit/crypto';
import type { Core } from '../core/core.ts';
import type { Domain, ServicesOf } from '../core/domain.ts';
import type { SigningKeyParts } from '../keys/signing-keys/compose.ts';
import type { RevocationParts } from '../records/revocation/compose.ts';
import { serviceClient } from '../registry/clients/service-client.ts';
import { createAccessTokens } from './access-tokens.ts';
import { createDerivedTokens } from './derived-tokens.ts';
import { createJwtAccessTokens } from './jwt-access-token.ts';
import { createOperatorAccount } from './operator-tokens.ts';
import { createServiceAuthorization } from './service-token.ts';

interface AccessTokenDependencies {
  config: {
    encryption: { keys: Secret };
    ops: Parameters<typeof createOperatorAccount>[0];
    /** Credentials that the services of the installation share. */
    serviceClient: { id: string; secret: Secret };
  };
  revocation: RevocationParts;
  signingKeys: SigningKeyParts;
}

export type AccessTokenParts = ServicesOf<typeof composeAccessTokens>;

export function composeAccessTokens(
  core: Core,
  { config, revocation, signingKeys }: AccessTokenDependencies,
) {
  const { issuer, redis, keyspace, secretBox, now } = core;
  const { id, secret } = config.serviceClient;
  const derived = createDerivedTokens({ redis, keyspace, now });
  const operatorAccount = createOperatorAccount(config.ops, config.encryption.keys);
  const access = createAccessTokens({
    redis,
    keyspace,
    issuer,
    jwts: createJwtAccessTokens({ signer: signingKeys.signer, box: secretBox, issuer }),
    derivedTokens: derived,
    revocations: revocation.revocations,
    now,
    isCurrentOperator: operatorAccount.isCurrent,
    uuidTokens: core.isCompat,
  });
  /** The services' own client. */
  const own = serviceClient(id, secret, now());
  return {
    services: {
      own,
      operatorAccount,
      access,
      derived,
      /** Authorization header of our own calls to Environment API. */
      serviceAuthorization: createServiceAuthorization(access, own, now),
    },
  } satisfies Domain;
}
