/** Issues the tokens for what a user has authorized: access, refresh and ID tokens. */

import { invalidScope } from '@gatehouse/caller-auth/oauth-errors';
import type { Confirmation } from '@gatehouse/caller-auth/sender-constraint';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { DomainEvent } from '../core/domain-event.ts';
import type { AuthorizationDetail } from '../core/protocol/authorization-details.ts';
import { commonScope, openidScope } from '../core/protocol/parameters.ts';
import { claimsOfScope, userClaimsOf } from '../core/protocol/user-claims.ts';
import type { Admission, Admitted } from '../people/accounts/admission.ts';
import type { ContactCenterStatusCheck } from '../people/accounts/contact-center-status.ts';
import type { PersonKey } from '../records/revocation/revocation.ts';
import type { Client } from '../registry/clients/client.ts';
import { permittedDetails } from '../registry/clients/detail-types.ts';
import type { Targets } from '../registry/clients/targets.ts';
import {
  type AccessTokenRecord,
  admittedMembers,
  membershipAsked,
  type TokenAnswer,
  tokenAnswer,
} from './access-token.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Families } from './families.ts';
import { formatFamilyToken, newSecret } from './family-token.ts';
import type { Grant } from './grant.ts';
import type { IdTokens } from './id-token.ts';
import { lineageOf, partyNamedBy } from './lineage.ts';
import { refreshBindingOf } from './refresh-binding.ts';
import { proofsOf, provedAtMsOf, seenAtMsOf } from './session-reference.ts';
import type { StaleRegistrationTokens } from './stale-registration-tokens.ts';

/** The response that the authorization endpoint is asked for. */
export interface FrontTokens {
  accessToken: boolean;
  idToken: boolean;
  /** The code in the same response. */
  code: string | undefined;
}

/** What a token request leaves of a grant. Undefined: all of it. */
export interface Narrowed {
  /** Fewer authorization details than were granted. */
  details?: AuthorizationDetail[] | undefined;
  /** Fewer APIs, by the names that `aud` has. */
  audience?: string[] | undefined;
}

export interface Renewal {
  scope: string[];
  /** The access token is derived from it. */
  random: Buffer;
  refreshToken: string;
  issuedAtMs: number;
  narrowed: Narrowed;
  /** The answer was given before and is repeated. */
  isRepeated: boolean;
  /** The key or certificate that the access token of this request is bound to. */
  cnf: Confirmation | undefined;
}

export interface UserTokenIssuerOptions {
  accessTokens: Pick<AccessTokens, 'issue'>;
  families: Pick<Families, 'openRefresh'>;
  idTokens: Pick<IdTokens, 'sign'>;
  targets: Pick<Targets, 'ofToken'>;
  staleRegistrationTokens: Pick<StaleRegistrationTokens, 'check'>;
  admission: Pick<Admission, 'admit'>;
  /** Whether the user's contact centre is still active. */
  contactCenterStatus: Pick<ContactCenterStatusCheck, 'require'>;
  /** A client got tokens of a person. */
  issued: Pick<DomainEvent<[clientId: string, person: PersonKey]>, 'announce'>;
  now: Clock;
}

export type UserTokenIssuer = ReturnType<typeof createUserTokenIssuer>;

export function createUserTokenIssuer(options: UserTokenIssuerOptions) {
  const { accessTokens, families, idTokens, admission, contactCenterStatus, issued, now } = options;
  const recordOf = createRecords(options);
  const openRefresh = createRefreshOpening(families);

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
      acr: record.acr,
      amr: record.amr,
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

  return {
    /** The first tokens of an authorization. @throws OAuthError invalid_grant */
    async issue(
      client: Client,
      grant: Grant,
      cnf: Confirmation | undefined,
      narrowed: Narrowed = {},
    ): Promise<TokenAnswer> {
      const asked = { act: 'token' as const, proofs: proofsOf(grant), client };
      const admitted = await admission.admit(grant.identity, asked);
      const { record, checkApis } = await recordOf(client, grant, admitted, {
        issuedAtMs: now(),
        cnf,
        narrowed,
      });
      const [accessToken, refreshToken] = await Promise.all([
        accessTokens.issue(client, record),
        openRefresh(client, grant, record.issuedAtMs, cnf),
      ]);
      await checkApis();
      await contactCenterStatus.require(grant.identity, provedAtMsOf(grant));
      const idToken = await idTokenFor(client, grant, record, { accessToken, nonce: grant.nonce });
      announce(client, grant);
      return { ...tokenAnswer(accessToken, record), refresh_token: refreshToken, id_token: idToken };
    },

    /** The tokens in an authorization response, beside a code or without one: never a refresh token. */
    async issueInFront(
      client: Client,
      grant: Grant,
      admitted: Admitted,
      wanted: FrontTokens,
    ): Promise<Partial<TokenAnswer>> {
      const issue = { issuedAtMs: now(), cnf: undefined };
      const { record, checkApis } = await recordOf(client, grant, admitted, issue);
      const accessToken = wanted.accessToken ? await accessTokens.issue(client, record) : undefined;
      await checkApis();
      const idToken = wanted.idToken
        ? await idTokenFor(client, grant, record, { accessToken, code: wanted.code, nonce: grant.nonce })
        : undefined;
      const answer = accessToken === undefined ? {} : tokenAnswer(accessToken, record);
      if (wanted.accessToken || wanted.idToken) announce(client, grant);
      return definedOnly({ ...answer, id_token: idToken });
    },

    /** The tokens after a rotation. @throws OAuthError invalid_grant, which ends the family where a factor is missing */
    async renew(client: Client, grant: Grant, renewal: Renewal): Promise<TokenAnswer> {
      const { random, isRepeated, refreshToken } = renewal;
      const asked = { act: 'refresh' as const, proofs: proofsOf(grant), client };
      const admitted = await admission.admit(grant.identity, asked);
      const { record, checkApis } = await recordOf(client, grant, admitted, renewal);
      const accessToken = await accessTokens.issue(client, record, { random, isRepeated });
      await checkApis();
      // The person was read again for the refresh.
      await contactCenterStatus.require(grant.identity, now());
      // Core section 12.2: a refreshed ID token has no nonce.
      const idToken = await idTokenFor(client, grant, record, { accessToken });
      announce(client, grant);
      return { ...tokenAnswer(accessToken, record), refresh_token: refreshToken, id_token: idToken };
    },
  };
}

function createRefreshOpening(families: UserTokenIssuerOptions['families']) {
  /** If a replay of the code has just revoked the family, this stores nothing and the answer is worthless. */
  return async (client: Client, grant: Grant, issuedAtMs: number, cnf: Confirmation | undefined) => {
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
  };
}

/** The code and access token that an ID token confirms. */
interface IssuedBeside {
  accessToken?: string | undefined;
  code?: string | undefined;
  nonce?: string | undefined;
}

interface Issue {
  /** Undefined: all that was granted. */
  scope?: string[] | undefined;
  narrowed?: Narrowed;
  issuedAtMs: number;
  cnf: Confirmation | undefined;
}

/** Makes the record of an access token, and the check of the APIs that it is for. */
function createRecords({
  targets,
  staleRegistrationTokens,
}: Pick<UserTokenIssuerOptions, 'targets' | 'staleRegistrationTokens'>) {
  return async (client: Client, grant: Grant, admitted: Admitted, issue: Issue) => {
    const { audience, apis } = await targets.ofToken(client, issue.narrowed?.audience ?? grant.audience, {
      contactCenterIds: [grant.identity.contactCenterId],
      exchanges: grant.hasOwnFamily,
    });
    // This replica may not know yet that an API was deleted, or lost the address.
    const checkApis = () => Promise.all(apis.map(staleRegistrationTokens.check));
    return { record: { ...recordWithout(client, grant, admitted, issue), audience }, checkApis };
  };
}

function recordWithout(
  client: Client,
  grant: Grant,
  admitted: Admitted,
  { scope: granted = grant.scope, narrowed = {}, issuedAtMs, cnf }: Issue,
): Omit<AccessTokenRecord, 'audience'> {
  const { identity } = admitted;
  // The registration may have been narrowed since the grant.
  const scope = commonScope(granted, client.scope);
  const details = permittedDetails(narrowed.details ?? grant.details, client);
  if (scope.length === 0 && details === undefined)
    throw invalidScope('The client may not have the scope any more', { refusal: 'scope_not_allowed' });
  return {
    clientId: client.clientId,
    grantType: grant.grantType,
    scope,
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
    ...admittedMembers(admitted, grant.acrNames),
    session: grant.session,
    ...lineageOf(grant, grant.mayAct ?? partyNamedBy(client)),
    userinfoClaims: grant.claims?.userinfo,
    membership: membershipAsked(scope, client.membershipClaims),
    details,
    cnf,
  };
}
