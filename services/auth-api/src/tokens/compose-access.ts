/** Composes the access tokens apart from the rest: our calls to Environment API carry one, and the rest needs what it answers. */
import type { Config } from '../config.ts';
import type { Core, Domain, ServicesOf } from '../core/domain.ts';
import type { SigningKeyParts } from '../keys/signing-keys/compose.ts';
import type { RevocationParts } from '../records/revocation/compose.ts';
import { serviceClient } from '../registry/clients/built-in/service-client.ts';
import { createAccessTokens } from './access-tokens.ts';
import { createDerivedTokens } from './derived-tokens.ts';
import { createJwtAccessTokens } from './jwt-access-token.ts';
import { createOperatorAccount } from './operator-tokens.ts';
import { createServiceAuthorization } from './service-token.ts';

interface AccessTokenDependencies {
  config: Pick<Config, 'encryption' | 'ops' | 'serviceClient'>;
  revocation: RevocationParts;
  signingKeys: SigningKeyParts;
}

export type AccessTokenParts = ServicesOf<typeof composeAccessTokens>;

export function composeAccessTokens(core: Core, dependencies: AccessTokenDependencies) {
  const { issuer, redis, keyspace, secretBox: box, now, isCompat: uuidTokens } = core;
  const { encryption, ops, serviceClient: shared } = dependencies.config;
  const { revocations } = dependencies.revocation;
  const { signer } = dependencies.signingKeys;
  const derived = createDerivedTokens({ redis, keyspace, now });
  const operatorAccount = createOperatorAccount(ops, encryption.keys);
  const access = createAccessTokens({
    redis,
    keyspace,
    issuer,
    jwts: createJwtAccessTokens({ signer, box, issuer, derivedTokens: derived }),
    derivedTokens: derived,
    revocations,
    now,
    isCurrentOperator: operatorAccount.isCurrent,
    uuidTokens,
  });
  /** The services' own client. */
  const own = serviceClient(shared.id, shared.secret, now());
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
