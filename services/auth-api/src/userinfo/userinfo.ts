/** Who the bearer of an access token acts for: the compat view and the OpenID Connect one (Core section 5.3). */

import type { Clock } from '@gatehouse/service-kit/clock';
import { insufficientScope } from '@gatehouse/service-kit/errors/oauth-error';
import type { ClientDirectory } from '../clients/directory.ts';
import type { Signer } from '../keys/signer.ts';
import { isWithinScope, openidScope } from '../protocol/scopes.ts';
import { claimsOfScope, type UserClaim, userClaimNames, userClaimsOf } from '../protocol/user-claims.ts';
import type { AccessTokenRecord } from '../tokens/access-token.ts';
import type { UserIdentity } from '../users/identity.ts';
import type { TokenCall, UserTokens } from './user-tokens.ts';
import type { CloudUserDetails, OpenIdUserInfo } from './userinfo-schemas.ts';

export interface UserInfo {
  /** @throws OAuthError invalid_token (401), insufficient_scope (403) */
  cloudUserDetails(call: TokenCall): Promise<CloudUserDetails>;
  /** A JWT for clients that asked for one in their registration. @throws the same */
  openIdUserInfo(call: TokenCall): Promise<OpenIdUserInfo | { jwt: string }>;
  /** Compat: the same as a short-lived JWT, for a gateway to hand on. @throws the same */
  userJwt(call: TokenCall): Promise<string>;
}

export interface UserInfoOptions {
  userTokens: UserTokens;
  directory: Pick<ClientDirectory, 'find'>;
  signer: Pick<Signer, 'sign'>;
  issuer: string;
  now: Clock;
  /** Compat: every claim, whatever the scope. */
  showsEverything: boolean;
}

export function createUserInfo(options: UserInfoOptions): UserInfo {
  const { userTokens, directory, signer, issuer, now } = options;

  /** Names of the claims, and with them the properties that say the same. */
  const shownTo = ({ scope, userinfoClaims = [] }: AccessTokenRecord): readonly string[] =>
    options.showsEverything ? userClaimNames : [...claimsOfScope(scope), ...userinfoClaims];

  return {
    async cloudUserDetails(call) {
      const record = await userTokens.require(call);
      return detailsOf(record.identity, shownTo(record));
    },
    async openIdUserInfo(call) {
      const record = await userTokens.require(call);
      const { clientId, scope } = record;
      if (!isWithinScope([openidScope], scope)) throw insufficientScope('The token lacks the scope openid');
      const answer = openIdUserInfoOf(record.identity, clientId, shownTo(record));
      const algorithm = (await directory.find(clientId))?.userinfoSignedResponseAlg;
      if (algorithm === undefined) return answer;
      // Core section 5.3.2: signed, it says who made it and for whom.
      return { jwt: await signer.sign({ ...answer, iss: issuer }, userInfoType, algorithm) };
    },
    async userJwt(call) {
      const record = await userTokens.require(call);
      const { identity, clientId, expiresAtMs } = record;
      const issuedAtMs = now();
      const claims = {
        ...detailsOf(identity, shownTo(record)),
        iss: issuer,
        sub: identity.sub,
        aud: clientId,
        iat: Math.floor(issuedAtMs / 1000),
        exp: Math.floor(Math.min(expiresAtMs, issuedAtMs + userJwtLifeMs) / 1000),
      };
      return signer.sign(claims, userInfoType);
    },
  };
}

/** Keeps it from passing for an ID token (RFC 8725 section 3.11). */
const userInfoType = 'userinfo+jwt';

/** It travels with one request: the token may be revoked the moment after. */
const userJwtLifeMs = 60_000;

/** The compat fields always; what is known of the named claims beside them. */
function openIdUserInfoOf(
  identity: UserIdentity,
  clientId: string,
  names: readonly string[],
): OpenIdUserInfo {
  return {
    ...detailsOf(identity, names),
    sub: identity.sub,
    aud: clientId,
    user_name: identity.username,
    environment_id: identity.environmentId,
    contact_center_id: identity.contactCenterId,
    ...userClaimsOf(identity, names),
  };
}

/** Properties that say what a claim says go by the scope as it does. */
const claimOfProperty: Readonly<Record<string, UserClaim>> = {
  firstName: 'given_name',
  lastName: 'family_name',
  emailAddress: 'email',
};

function propertiesFor({ properties }: UserIdentity, names: readonly string[]): Record<string, string> {
  const isShown = (property: string) => {
    const claim = claimOfProperty[property];
    return claim === undefined || names.includes(claim);
  };
  return Object.fromEntries(Object.entries(properties).filter(([property]) => isShown(property)));
}

function detailsOf(identity: UserIdentity, names: readonly string[]): CloudUserDetails {
  return {
    username: identity.username,
    loginName: identity.loginName,
    cmeUserName: identity.cmeUserName,
    contactCenterId: identity.contactCenterId,
    environmentId: identity.environmentId,
    dbid: identity.dbid,
    authorities: identity.authorities,
    properties: propertiesFor(identity, names),
  };
}
