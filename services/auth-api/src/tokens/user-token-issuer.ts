/** Issues the tokens for what a user has authorized: access, refresh and ID tokens. */

import { invalidScope } from '@gatehouse/caller-auth/oauth-errors';
import type { Confirmation } from '@gatehouse/caller-auth/sender-constraint';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { DomainEvent } from '../core/domain-event.ts';
import type { AuthorizationDetail } from '../core/protocol/authorization-details.ts';
import { commonScope, openidScope } from '../core/protocol/parameters.ts';
import { claimsOfScope, userClaimsOf } from '../core/protocol/user-claims.ts';
import type { ContactCenterStatusCheck } from '../people/accounts/contact-center-status.ts';
import type { PersonKey } from '../records/revocation/revocation.ts';
import type { Client } from '../registry/clients/client.ts';
import { permittedDetails } from '../registry/clients/detail-types.ts';
import { type AccessTokenRecord, membershipAsked, type TokenAnswer, tokenAnswer } from './access-token.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Families } from './families.ts';
import { formatFamilyToken, newSecret } from './family-token.ts';
import type { Grant } from './grant.ts';
import type { IdTokens } from './id-token.ts';
import { lineageOf, partyNamedBy } from './lineage.ts';
import { refreshBindingOf } from './refresh-binding.ts';
import { provedAtMsOf, seenAtMsOf } from './session-reference.ts';

/** The response that the authorization endpoint is asked for. */
export interface FrontTokens {
  accessToken: boolean;
  idToken: boolean;
  /** The code in the same response. */
  code: string | undefined;
}

export interface Renewal {
  scope: string[];
  /** The access token is derived from it. */
  random: Buffer;
  refreshToken: string;
  issuedAtMs: number;
  /** Fewer authorization details than were granted. */
  narrowed: AuthorizationDetail[] | undefined;
  /** The answer was given before and is repeated. */
  isRepeated: boolean;
  /** The key or certificate that the access token of this request is bound to. */
  cnf: Confirmation | undefined;
}

export interface UserTokenIssuerOptions {
  accessTokens: Pick<AccessTokens, 'issue'>;
  families: Pick<Families, 'openRefresh'>;
  idTokens: Pick<IdTokens, 'sign'>;
  /** Whether the user's contact centre is still active. */
  contactCenterStatus: Pick<ContactCenterStatusCheck, 'require'>;
  /** A client got tokens of a person. */
  issued: Pick<DomainEvent<[clientId: string, person: PersonKey]>, 'announce'>;
  now: Clock;
}

export type UserTokenIssuer = ReturnType<typeof createUserTokenIssuer>;

export function createUserTokenIssuer(options: UserTokenIssuerOptions) {
  const { accessTokens, families, idTokens, contactCenterStatus, issued, now } = options;

  /** The answer does not wait. */
  const announce = (client: Client, { identity }: Grant) =>
    void issued.announce(client.clientId, identity).catch(() => undefined);

  async function idTokenFor(client: Client, grant: Grant, record: AccessTokenRecord, issued: IssuedBeside) {
    if (!record.scope.includes(openidScope)) return undefined;
    const { accessToken, code, nonce } = issued;
    // Core section 5.4: claims of a scope come with UserInfo, unless nothing in the response gives access to it.
    const byScope = accessToken === undefined && code === undefined ? claimsOfScope(record.scope) : [];
    return idTokens.sign({
      person: grant.identity,
      clientId: grant.clientId,
      issuedAtMs: record.issuedAtMs,
      expiresAtMs: record.expiresAtMs,
      authTimeMs: grant.session === undefined ? grant.authorizedAtMs : seenAtMsOf(grant.session),
      reader: client,
      accessToken,
      code,
      nonce,
      session: grant.session,
      userClaims: userClaimsOf(grant.identity, [
        ...byScope,
        ...(record.membership ?? []),
        ...(grant.claims?.idToken ?? []),
      ]),
    });
  }

  /** If a replay of the code has just revoked the family, this stores nothing and the answer is worthless. */
  async function openRefresh(
    client: Client,
    grant: Grant,
    issuedAtMs: number,
    cnf: Confirmation | undefined,
  ) {
    if (!client.grantTypes.includes('refresh_token')) return undefined;
    const refresh = { familyId: grant.familyId, secret: newSecret() };
    await families.openRefresh(refresh, grant, {
      endsAtMs: Math.min(
        issuedAtMs + client.refreshTokenTtlSeconds * 1000,
        grant.endsAtMs ?? Number.POSITIVE_INFINITY,
      ),
      idleSeconds: client.refreshTokenIdleSeconds,
      boundTo: refreshBindingOf(client, cnf),
    });
    return formatFamilyToken(refresh);
  }

  return {
    /** The first tokens of an authorization. */
    async issue(
      client: Client,
      grant: Grant,
      cnf: Confirmation | undefined,
      narrowed?: AuthorizationDetail[],
    ): Promise<TokenAnswer> {
      const record = recordOf(client, grant, { scope: grant.scope, issuedAtMs: now(), cnf, narrowed });
      const [accessToken, refreshToken] = await Promise.all([
        accessTokens.issue(client, record),
        openRefresh(client, grant, record.issuedAtMs, cnf),
      ]);
      await contactCenterStatus.require(grant.identity, provedAtMsOf(grant));
      const idToken = await idTokenFor(client, grant, record, { accessToken, nonce: grant.nonce });
      announce(client, grant);
      return { ...tokenAnswer(accessToken, record), refresh_token: refreshToken, id_token: idToken };
    },

    /** The tokens in an authorization response, beside a code or without one: never a refresh token. */
    async issueInFront(client: Client, grant: Grant, wanted: FrontTokens): Promise<Partial<TokenAnswer>> {
      const record = recordOf(client, grant, { scope: grant.scope, issuedAtMs: now(), cnf: undefined });
      const accessToken = wanted.accessToken ? await accessTokens.issue(client, record) : undefined;
      const idToken = wanted.idToken
        ? await idTokenFor(client, grant, record, { accessToken, code: wanted.code, nonce: grant.nonce })
        : undefined;
      const answer = accessToken === undefined ? {} : tokenAnswer(accessToken, record);
      if (wanted.accessToken || wanted.idToken) announce(client, grant);
      return definedOnly({ ...answer, id_token: idToken });
    },

    /** The tokens after a rotation. */
    async renew(client: Client, grant: Grant, renewal: Renewal): Promise<TokenAnswer> {
      const { random, isRepeated, refreshToken } = renewal;
      const record = recordOf(client, grant, renewal);
      const accessToken = await accessTokens.issue(client, record, { random, isRepeated });
      // The person was read again for the refresh.
      await contactCenterStatus.require(grant.identity, now());
      // Core section 12.2: a refreshed ID token has no nonce.
      const idToken = await idTokenFor(client, grant, record, { accessToken });
      announce(client, grant);
      return { ...tokenAnswer(accessToken, record), refresh_token: refreshToken, id_token: idToken };
    },
  };
}

/** The code and access token that an ID token confirms. */
interface IssuedBeside {
  accessToken?: string | undefined;
  code?: string | undefined;
  nonce?: string | undefined;
}

interface Issue {
  scope: string[];
  narrowed?: AuthorizationDetail[] | undefined;
  issuedAtMs: number;
  cnf: Confirmation | undefined;
}

function recordOf(
  client: Client,
  grant: Grant,
  { scope: granted, narrowed = grant.details, issuedAtMs, cnf }: Issue,
): AccessTokenRecord {
  const { identity } = grant;
  // The registration may have been narrowed since the grant.
  const scope = commonScope(granted, client.scope);
  const details = permittedDetails(narrowed, client);
  if (scope.length === 0 && details === undefined)
    throw invalidScope('The client may not have the scope any more', { refusal: 'scope_not_allowed' });
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
    session: grant.session,
    ...lineageOf(grant, grant.mayAct ?? partyNamedBy(client)),
    identity,
    userinfoClaims: grant.claims?.userinfo,
    membership: membershipAsked(scope, client.membershipClaims),
    details,
    cnf,
  };
}
