/** Composes what issues, keeps and recognises tokens. */

import {
  advertiseNonces,
  clientCertificatesOf,
  createDpopNonces,
  createDpopProofs,
  createResourceTokens,
} from '@gatehouse/caller-auth/sender-constraint';
import type { Secret } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import { createSingleUse } from '@gatehouse/service-kit/redis';
import type { Assertions } from '../core/assertions/compose.ts';
import type { Core } from '../core/core.ts';
import type { Domain, ServicesOf } from '../core/domain.ts';
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
import { createStaleRegistrationTokens } from './stale-registration-tokens.ts';
import { createUserTokenIssuer } from './user-token-issuer.ts';

const spentCodeTtlMs = 3_600_000;

interface TokenDependencies {
  config: Parameters<typeof clientCertificatesOf>[0] & {
    tokens: {
      codeTtlSeconds: number;
      refreshGraceMs: number;
      refreshIdleSeconds: number;
      personFreshMs: number;
    };
    mtls: { url: string | undefined };
    dpop: { requireNonce: boolean };
    encryption: { keys: Secret };
  };
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
  const { maxLifeMs, issuer, redis, keyspace, now } = core;
  const { config, signingKeys, accessTokens, clients } = dependencies;
  const { access } = accessTokens;
  const { tokens: settings, mtls } = config;
  const { revocations } = dependencies.revocation;
  const families = createFamilies({
    redis,
    keyspace,
    revocations,
    now,
    codeTtlMs: settings.codeTtlSeconds * 1000,
    spentCodeTtlMs,
    refreshGraceMs: settings.refreshGraceMs,
    refreshIdleMs: settings.refreshIdleSeconds * 1000,
    personFreshMs: settings.personFreshMs,
    maxLifeMs,
  });
  const ids = createIdTokens(signingKeys.signer, dependencies.assertions.encryptFor, issuer);
  const staleRegistrationTokens = createStaleRegistrationTokens({
    directory: clients.directory,
    revocations,
    now,
    log: core.log,
  });
  clients.changed.follow(staleRegistrationTokens.forget);
  const issued = createDomainEvent<[clientId: string, person: PersonKey]>('tokens were issued', core.log);
  const singleUse = createSingleUse(redis, keyspace, now);
  const nonces = createDpopNonces({
    encryptionKeys: config.encryption.keys,
    isRequired: config.dpop.requireNonce,
    now,
  });
  const dpopProofs = createDpopProofs({
    origins: [core.publicUrl, ...(mtls.url === undefined ? [] : [mtls.url])],
    nonces,
    now,
  });
  const certificates = clientCertificatesOf(config);

  const services = {
    ...accessTokens,
    userTokenIssuer: createUserTokenIssuer({
      accessTokens: access,
      families,
      idTokens: ids,
      contactCenterStatus: dependencies.accounts.contactCenterStatus,
      issued,
      now,
    }),
    /** A client got tokens of a person. */
    issued,
    staleRegistrationTokens,
    families,
    ids,
    consoleRights: createConsoleRights(dependencies.administrators.known),
    /** Assertions and proofs count once, on all replicas. */
    singleUse,
    dpopProofs,
    certificates,
    /** Access tokens as they are presented at our own endpoints. */
    resources: createResourceTokens({
      read: (token) => access.find(token),
      confirmationOf: ({ facts }) => facts.cnf,
      isForUs: ({ facts: { audience, clientId } }) => audience.length === 0 || audience.includes(clientId),
      hasOnlyDetails: ({ facts }) => facts.hasOnlyDetails === true,
      callerOf: ({ facts }) => facts,
      proofs: dpopProofs,
      certificates,
      singleUse,
    }),
    /** Answers of the scope name the next DPoP nonce. */
    advertiseNonces: (scope: App) => advertiseNonces(scope, { dpopProofs }),
  };
  return {
    services,
    follows: { own: { client: (id) => void staleRegistrationTokens.forget(id) } },
  } satisfies Domain;
}
