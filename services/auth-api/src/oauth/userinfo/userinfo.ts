/** Returns the user of an access token: in the compat form, as OpenID Connect claims (Core section 5.3), or as a JWT. */

import { insufficientScope } from '@gatehouse/caller-auth/oauth-errors';
import type { ResourceTokens, SenderRequest } from '@gatehouse/caller-auth/sender-constraint';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { EncryptFor } from '../../core/assertions/encryption.ts';
import { isWithinScope, openidScope } from '../../core/protocol/parameters.ts';
import {
  claimsOfScope,
  standardClaimNames,
  type UserClaim,
  userClaimsOf,
} from '../../core/protocol/user-claims.ts';
import type { Signer } from '../../keys/signing-keys/signer.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { AccessTokenRecord, StoredAccessToken } from '../../tokens/access-token.ts';
import type { CloudUserDetails, OpenIdUserInfo } from './userinfo-schemas.ts';

interface TokenCall {
  sender: SenderRequest;
  /** RFC 6750 section 2.2: the form parameter of a POST. */
  formToken?: string | undefined;
}

export type UserTokens = ReturnType<typeof createUserTokens>;

export function createUserTokens(resourceTokens: ResourceTokens<StoredAccessToken>) {
  return {
    /** @throws OAuthError invalid_token (401), insufficient_scope (403) for a token that was issued to a client alone */
    async require({ sender, formToken }: TokenCall): Promise<AccessTokenRecord & { identity: UserIdentity }> {
      const record = (await resourceTokens.require(sender, formToken)).record();
      const { identity } = record;
      if (identity === undefined) throw insufficientScope('The token was issued to a client, not to a user');
      return { ...record, identity };
    },
  };
}

export type UserInfo = ReturnType<typeof createUserInfo>;

interface UserInfoOptions {
  userTokens: UserTokens;
  directory: Pick<ClientDirectory, 'find'>;
  signer: Pick<Signer, 'sign'>;
  encryptFor: EncryptFor;
  issuer: string;
  now: Clock;
  /** Compat: shows every claim, whatever the scope. */
  showsEverything: boolean;
}

export function createUserInfo(options: UserInfoOptions) {
  const { userTokens, directory, signer, encryptFor, issuer, now } = options;

  /** Names of the claims that may be shown, with the properties that repeat them. */
  const shownTo = ({ scope, userinfoClaims = [], membership = [] }: AccessTokenRecord): readonly string[] => [
    ...(options.showsEverything ? standardClaimNames : claimsOfScope(scope)),
    ...userinfoClaims,
    ...membership,
  ];

  return {
    async cloudUserDetails(call: TokenCall): Promise<CloudUserDetails> {
      const record = await userTokens.require(call);
      return detailsOf(record.identity, shownTo(record));
    },
    async openIdUserInfo(call: TokenCall): Promise<OpenIdUserInfo | { jwt: string }> {
      const record = await userTokens.require(call);
      const { clientId, scope } = record;
      if (!isWithinScope([openidScope], scope)) throw insufficientScope('The token lacks the scope openid');
      const answer = openIdUserInfoOf(record.identity, clientId, shownTo(record));
      const client = await directory.find(clientId);
      const { userinfoSignedResponseAlg, userinfoEncryptedResponseAlg: alg } = client ?? {};
      if (client === undefined || (userinfoSignedResponseAlg ?? alg) === undefined) return answer;
      // OpenID Connect Core section 5.3.2: as a JWT, the answer has issuer and audience.
      const claims = { ...answer, iss: issuer };
      const encryption = { alg, enc: client.userinfoEncryptedResponseEnc };
      if (userinfoSignedResponseAlg === undefined)
        return { jwt: await encryptFor(client, encryption, JSON.stringify(claims), { typ: 'JWT' }) };
      const jwt = await signer.sign(claims, userInfoKind, userinfoSignedResponseAlg);
      return { jwt: await encryptFor(client, encryption, jwt) };
    },
    async userJwt(call: TokenCall): Promise<string> {
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
      return signer.sign(claims, userInfoKind);
    },
  };
}

/** RFC 8725 section 3.11: the type prevents use of the JWT as an ID token. */
const userInfoKind = { typ: 'userinfo+jwt' };

/** The JWT serves one request; it lives shortly, because the token may be revoked in the meantime. */
const userJwtLifeMs = 60_000;

/** Returns the compat fields and those of the named claims that are known. */
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

/** Properties that repeat a claim are shown only together with it. */
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
