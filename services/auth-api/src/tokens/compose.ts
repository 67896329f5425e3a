/** Composes what issues, keeps and recognises tokens. */
import {
  advertiseNonces,
  clientCertificatesOf,
  createDpopNonces,
  createDpopProofs,
} from '@gatehouse/caller-auth/sender-constraint';
import type { App } from '@gatehouse/service-kit/http';
import { createSingleUse } from '@gatehouse/service-kit/redis';
import type { Config } from '../config.ts';
import type { Assertions } from '../core/assertions/compose.ts';
import type { Core, Domain, ServicesOf } from '../core/domain.ts';
import { createDomainEvent } from '../core/domain-event.ts';
import type { SigningKeyParts } from '../keys/signing-keys/compose.ts';
import type { AccountParts } from '../people/accounts/compose.ts';
import type { RevocationParts } from '../records/revocation/compose.ts';
import type { PersonKey } from '../records/revocation/revocation.ts';
import type { Administrators } from '../registry/administrators/compose.ts';
import type { Clients } from '../registry/clients/compose.ts';
import type { AccessTokenParts } from './compose-access.ts';
import { createConsoleRights } from './console-rights.ts';
import { createFamilies } from './families.ts';
import { createIdTokens } from './id-token.ts';
import { createOwnResourceTokens } from './resource-tokens.ts';
import { createStaleRegistrationTokens } from './stale-registration-tokens.ts';
import { createUserTokenIssuer } from './user-token-issuer.ts';

interface TokenDependencies {
  config: Pick<Config, 'tokens' | 'http' | 'mtls' | 'dpop' | 'encryption'>;
  administrators: Administrators;
  assertions: Assertions;
  revocation: RevocationParts;
  signingKeys: SigningKeyParts;
  accessTokens: AccessTokenParts;
  clients: Clients;
  accounts: AccountParts;
}

export type Tokens = ServicesOf<typeof composeTokens>;

export function composeTokens(core: Core, dependencies: TokenDependencies) {
  const { publicUrl, maxLifeMs, issuer, redis, keyspace, now, log } = core;
  const { config, accessTokens, clients } = dependencies;
  const { access } = accessTokens;
  const { revocations } = dependencies.revocation;
  const { admission, contactCenterStatus } = dependencies.accounts;
  const families = createFamilies({
    redis,
    keyspace,
    revocations,
    now,
    settings: config.tokens,
    maxLifeMs,
  });
  const ids = createIdTokens(dependencies.signingKeys.signer, dependencies.assertions.encryptFor, issuer);
  const { directory, targets, changed } = clients;
  const staleRegistrationTokens = createStaleRegistrationTokens({ directory, revocations, now, log });
  changed.follow(staleRegistrationTokens.forget);
  const issued = createDomainEvent<[clientId: string, person: PersonKey]>('tokens were issued', log);
  const singleUse = createSingleUse(redis, keyspace, now);
  const nonces = createDpopNonces({
    encryptionKeys: config.encryption.keys,
    isRequired: config.dpop.requireNonce,
    now,
  });
  const origins = [publicUrl, config.mtls.url].filter((origin) => origin !== undefined);
  const dpopProofs = createDpopProofs({ origins, nonces, now });
  const certificates = clientCertificatesOf(config);
  const services = {
    ...accessTokens,
    userTokenIssuer: createUserTokenIssuer({
      accessTokens: access,
      families,
      idTokens: ids,
      targets,
      staleRegistrationTokens,
      admission,
      contactCenterStatus,
      issued,
      now,
    }),
    /** A client got tokens of a person. */
    issued,
    staleRegistrationTokens,
    families,
    ids,
    consoleRights: createConsoleRights(dependencies.administrators.known, admission),
    /** Assertions and proofs count once, on all replicas. */
    singleUse,
    dpopProofs,
    certificates,
    /** Access tokens as they are presented at our own endpoints. */
    resources: createOwnResourceTokens({ issuer, access, proofs: dpopProofs, certificates, singleUse }),
    /** Answers of the scope name the next DPoP nonce. */
    advertiseNonces: (scope: App) => advertiseNonces(scope, { dpopProofs }),
  };
  return {
    services,
    follows: { own: { client: (id) => void staleRegistrationTokens.forget(id) } },
  } satisfies Domain;
}
