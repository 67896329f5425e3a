/** Turns a proven authorization into the tokens of an answer. */

import { type Confirmation, tokenTypeOf } from '@gatehouse/caller-auth/sender-constraint/confirmation';
import type { Clock } from '@gatehouse/service-kit/clock';
import { invalidScope } from '@gatehouse/service-kit/errors/oauth-error';
import type { Client } from '../clients/client.ts';
import { commonScope, openidScope } from '../protocol/scopes.ts';
import { claimsOfScope, userClaimsOf } from '../protocol/user-claims.ts';
import type { AccessTokenRecord } from './access-token.ts';
import type { AccessTokenMint } from './access-token-mint.ts';
import type { AccessTokenStore } from './access-token-store.ts';
import type { Families } from './families.ts';
import { formatFamilyToken, newSecret } from './family-token.ts';
import type { Grant } from './grant.ts';
import type { IdTokens } from './id-token.ts';
import { lineageOf, partyNamedBy } from './lineage.ts';
import { refreshBindingOf } from './refresh-binding.ts';
import { seenAtMsOf } from './session-reference.ts';

export interface TokenAnswer {
  access_token: string;
  /** `N_A` where what was issued is no access token (RFC 8693 section 2.2.1). */
  token_type: 'bearer' | 'DPoP' | 'N_A';
  expires_in: number;
  scope: string;
  refresh_token?: string;
  id_token?: string;
  /** RFC 8693 section 2.2.1. */
  issued_token_type?: string;
}

export interface TokenIssuer {
  /** A client for itself (RFC 6749 section 4.4): one write. */
  issueForClient(client: Client, scope: string[], cnf: Confirmation | undefined): Promise<TokenAnswer>;
  /** A user's first tokens. */
  issueForUser(client: Client, grant: Grant, cnf: Confirmation | undefined): Promise<TokenAnswer>;
  /** What the authorization endpoint itself gives, beside a code or without one: never a refresh token. */
  issueInFront(client: Client, grant: Grant, wanted: FrontTokens): Promise<Partial<TokenAnswer>>;
  /** After a rotation; `once` when the answer is given again. */
  reissue(client: Client, grant: Grant, renewal: Renewal): Promise<TokenAnswer>;
  /** An access token from a record made elsewhere; it is revoked together with any of the tokens it was made from. */
  issueDerived(client: Client, record: AccessTokenRecord, parents: readonly string[]): Promise<string>;
  /** The same with a refresh token: the grant says when it ends. */
  openDerived(
    client: Client,
    grant: Grant & { endsAtMs: number },
    parents: readonly string[],
  ): Promise<string>;
}

export interface FrontTokens {
  accessToken: boolean;
  idToken: boolean;
  /** The code that goes along. */
  code: string | undefined;
}

export interface Renewal {
  scope: string[];
  /** What the access token is made of. */
  random: Buffer;
  refreshToken: string;
  issuedAtMs: number;
  once: boolean;
  /** What this request's access token is bound to. */
  cnf: Confirmation | undefined;
}

export interface TokenIssuerOptions {
  mint: AccessTokenMint;
  accessTokens: Pick<AccessTokenStore, 'noteDerivedFamily'>;
  families: Families;
  idTokens: IdTokens;
  now: Clock;
}

export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const { mint, accessTokens, families, idTokens, now } = options;

  async function idTokenFor(
    client: Client,
    grant: Grant,
    record: AccessTokenRecord,
    issued: IssuedBeside,
  ): Promise<string | undefined> {
    if (!record.scope.includes(openidScope)) return undefined;
    const { accessToken, code, nonce } = issued;
    // Core section 5.4: claims that a scope stands for come with UserInfo, unless nothing gives access to it.
    const byScope = accessToken === undefined && code === undefined ? claimsOfScope(record.scope) : [];
    return idTokens.sign({
      sub: grant.identity.sub,
      clientId: grant.clientId,
      issuedAtMs: record.issuedAtMs,
      expiresAtMs: record.expiresAtMs,
      authTimeMs: grant.session === undefined ? grant.authorizedAtMs : seenAtMsOf(grant.session),
      algorithm: client.idTokenSignedResponseAlg,
      accessToken,
      code,
      nonce,
      session: grant.session,
      userClaims: userClaimsOf(grant.identity, [...byScope, ...(grant.claims?.idToken ?? [])]),
    });
  }

  return {
    async issueForClient(client, scope, cnf) {
      const handle = mint.newHandle(client);
      const issuedAtMs = now();
      const record: AccessTokenRecord = {
        clientId: client.clientId,
        grantType: 'client_credentials',
        scope,
        audience: [],
        authorities: client.authorities,
        contactCenterIds: client.contactCenterIds,
        internalClient: client.internalClient,
        issuedAtMs,
        expiresAtMs: issuedAtMs + client.accessTokenTtlSeconds * 1000,
        authorizedAtMs: issuedAtMs,
        ...(cnf === undefined ? {} : { cnf }),
      };
      const accessToken = await mint.textOf(client, handle, record);
      await mint.keep(client, accessToken, record);
      return answerOf(accessToken, client.accessTokenTtlSeconds, scope, cnf);
    },

    async issueForUser(client, grant, cnf) {
      const record = recordOf(client, grant, { scope: grant.scope, issuedAtMs: now(), cnf });
      const accessToken = await mint.textOf(client, mint.newHandle(client), record);
      const refresh = client.grantTypes.includes('refresh_token')
        ? { familyId: grant.familyId, secret: newSecret() }
        : undefined;
      const endsAtMs = Math.min(
        record.issuedAtMs + client.refreshTokenTtlSeconds * 1000,
        grant.endsAtMs ?? Number.POSITIVE_INFINITY,
      );
      const [, idToken] = await Promise.all([
        mint.keep(client, accessToken, record),
        idTokenFor(client, grant, record, { accessToken, nonce: grant.nonce }),
        // Where a replay of the code has just revoked the family, what is answered here is dead already.
        refresh === undefined
          ? undefined
          : families.openRefresh(refresh, grant, {
              endsAtMs,
              idleSeconds: client.refreshTokenIdleSeconds,
              boundTo: refreshBindingOf(client, cnf),
            }),
      ]);
      return {
        ...answerOf(accessToken, lifeSeconds(record), record.scope, cnf),
        ...(refresh === undefined ? {} : { refresh_token: formatFamilyToken(refresh) }),
        ...(idToken === undefined ? {} : { id_token: idToken }),
      };
    },

    async issueInFront(client, grant, wanted) {
      const record = recordOf(client, grant, { scope: grant.scope, issuedAtMs: now(), cnf: undefined });
      const accessToken = wanted.accessToken
        ? await mint.textOf(client, mint.newHandle(client), record)
        : undefined;
      const [idToken] = await Promise.all([
        wanted.idToken
          ? idTokenFor(client, grant, record, { accessToken, code: wanted.code, nonce: grant.nonce })
          : undefined,
        accessToken === undefined ? undefined : mint.keep(client, accessToken, record),
      ]);
      return {
        ...(accessToken === undefined
          ? {}
          : answerOf(accessToken, lifeSeconds(record), record.scope, undefined)),
        ...(idToken === undefined ? {} : { id_token: idToken }),
      };
    },

    async reissue(client, grant, { scope, random, refreshToken, issuedAtMs, once, cnf }) {
      const record = recordOf(client, grant, { scope, issuedAtMs, cnf });
      const handle = mint.handleOf(client, random, issuedAtMs);
      const accessToken = await mint.textOf(client, handle, record);
      const [, idToken] = await Promise.all([
        mint.keep(client, accessToken, record, once),
        // Core section 12.2: a refreshed ID token carries no nonce of its own.
        idTokenFor(client, grant, record, { accessToken }),
      ]);
      return {
        ...answerOf(accessToken, lifeSeconds(record), record.scope, cnf),
        refresh_token: refreshToken,
        ...(idToken === undefined ? {} : { id_token: idToken }),
      };
    },

    async issueDerived(client, record, parents) {
      const handle = mint.newHandle(client);
      const text = await mint.textOf(client, handle, record);
      await mint.keepDerived(client, { handle, text, record }, parents);
      return text;
    },

    async openDerived(client, grant, parents) {
      const { familyId, endsAtMs } = grant;
      const refresh = { familyId, secret: newSecret() };
      await Promise.all([
        families.openRefresh(refresh, grant, {
          endsAtMs,
          idleSeconds: client.refreshTokenIdleSeconds,
          boundTo: '',
        }),
        accessTokens.noteDerivedFamily({ familyId, issuedAtMs: now(), endsAtMs }, parents),
      ]);
      return formatFamilyToken(refresh);
    },
  };
}

/** What an ID token speaks of. */
interface IssuedBeside {
  accessToken?: string | undefined;
  code?: string | undefined;
  nonce?: string | undefined;
}

interface Issue {
  scope: string[];
  issuedAtMs: number;
  cnf: Confirmation | undefined;
}

function recordOf(
  client: Client,
  grant: Grant,
  { scope: granted, issuedAtMs, cnf }: Issue,
): AccessTokenRecord {
  const { identity, session } = grant;
  // A registration that was narrowed meanwhile narrows what follows.
  const scope = commonScope(granted, client.scope);
  if (scope.length === 0) throw invalidScope('The client may not have the scope any more');
  return {
    clientId: client.clientId,
    grantType: grant.grantType,
    scope,
    audience: grant.audience,
    authorities: identity.authorities.map(({ name }) => name),
    contactCenterIds: [identity.contactCenterId],
    internalClient: false,
    issuedAtMs,
    expiresAtMs: Math.min(
      issuedAtMs + client.accessTokenTtlSeconds * 1000,
      grant.endsAtMs ?? Number.POSITIVE_INFINITY,
    ),
    authorizedAtMs: grant.authorizedAtMs,
    familyId: grant.familyId,
    sub: identity.sub,
    ...(session === undefined ? {} : { session }),
    ...lineageOf(grant, grant.mayAct ?? partyNamedBy(client)),
    identity,
    ...(grant.claims === undefined ? {} : { userinfoClaims: grant.claims.userinfo }),
    ...(cnf === undefined ? {} : { cnf }),
  };
}

function lifeSeconds({ issuedAtMs, expiresAtMs }: AccessTokenRecord): number {
  return Math.floor((expiresAtMs - issuedAtMs) / 1000);
}

function answerOf(
  accessToken: string,
  expiresInSeconds: number,
  scope: string[],
  cnf: Confirmation | undefined,
): TokenAnswer {
  return {
    access_token: accessToken,
    token_type: tokenTypeOf(cnf),
    expires_in: expiresInSeconds,
    scope: scope.join(' '),
  };
}
