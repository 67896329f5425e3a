/** Composes what issues, keeps and recognises tokens. */

import { createDpopNonces } from '@gatehouse/caller-auth/sender-constraint/dpop-nonces';
import { createDpopProofs, tellNonces } from '@gatehouse/caller-auth/sender-constraint/dpop-proof';
import { createResourceTokens } from '@gatehouse/caller-auth/sender-constraint/resource-tokens';
import { clientCertificatesOf } from '@gatehouse/caller-auth/sender-constraint/settings';
import type { App } from '@gatehouse/service-kit/http/app';
import { createSingleUse } from '@gatehouse/service-kit/redis/single-use';
import type { Secret } from '@gatehouse/service-kit/secret';
import type { Administrators } from '../administrators/compose.ts';
import type { Assertions } from '../assertions/compose.ts';
import type { Clients } from '../clients/compose.ts';
import type { Core } from '../core.ts';
import { createDomainEvent } from '../domain-event.ts';
import type { Keys } from '../keys/compose.ts';
import type { Revocation } from '../revocation/compose.ts';
import type { PersonKey } from '../revocation/revocation.ts';
import type { Users } from '../users/compose.ts';
import { createAccessTokens } from './access-tokens.ts';
import { createConsoleRights } from './console-rights.ts';
import { createDerivedTokens } from './derived-tokens.ts';
import { createFamilies } from './families.ts';
import { createIdTokens } from './id-token.ts';
import { createJwtAccessTokens } from './jwt-access-token.ts';
import { createLateTokens } from './late-tokens.ts';
import { createOperatorAccount } from './operator-tokens.ts';
import { createServiceAuthorization } from './service-token.ts';
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
    ops: Parameters<typeof createOperatorAccount>[0];
  };
  administrators: Administrators;
  assertions: Assertions;
  revocation: Revocation;
  keys: Keys;
  clients: Clients;
  users: Users;
}

export type Tokens = ReturnType<typeof composeTokens>;

export function composeTokens(core: Core, dependencies: TokenDependencies) {
  const { maxLifeMs, issuer, redis, keyspace, secretBox, now } = core;
  const { config, keys, clients } = dependencies;
  const { tokens: settings, mtls } = config;
  const { revocations } = dependencies.revocation;
  const derived = createDerivedTokens({ redis, keyspace, now });
  const jwts = createJwtAccessTokens({ signer: keys.signer, box: secretBox, issuer });
  const operatorAccount = createOperatorAccount(config.ops, config.encryption.keys);
  const access = createAccessTokens({
    redis,
    keyspace,
    issuer,
    jwts,
    derivedTokens: derived,
    revocations,
    now,
    isCurrentOperator: operatorAccount.isCurrent,
    uuidTokens: core.isCompat,
  });
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
  const ids = createIdTokens(keys.signer, dependencies.assertions.encryptFor, issuer);
  const lateTokens = createLateTokens({ directory: clients.directory, revocations, now, log: core.log });
  clients.changed.follow(lateTokens.forget);
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

  return {
    userTokenIssuer: createUserTokenIssuer({
      accessTokens: access,
      families,
      idTokens: ids,
      standing: dependencies.users.standing,
      issued,
      now,
    }),
    /** A client got tokens of a person. */
    issued,
    lateTokens,
    operatorAccount,
    access,
    derived,
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
    /** Authorization header of our own calls to Environment API. */
    serviceAuthorization: createServiceAuthorization(access, clients.own, now),
    /** Answers of the scope name the next DPoP nonce. */
    tellNonces: (scope: App) => tellNonces(scope, { dpopProofs }),
  };
}
