/** Who the bearer of an access token acts for: the compat view and the OpenID Connect one (Core section 5.3). */
import { OAuthError } from '@gatehouse/service-kit/errors/oauth-error';
import type { SenderRequest } from '@gatehouse/service-kit/sender-constraint/sender';
import type { ClientDirectory } from '../clients/directory.ts';
import type { Signer } from '../keys/signer.ts';
import type { ResourceTokens } from '../sender-constraint/resource-tokens.ts';
import type { AccessTokenRecord } from '../tokens/access-token.ts';
import type { UserIdentity } from '../users/identity.ts';
import { isWithinScope, openidScope } from './scopes.ts';
import { claimsOfScope, type UserClaim, userClaimNames, userClaimsOf } from './user-claims.ts';
import type { CloudUserDetails, OpenIdUserInfo } from './userinfo-schemas.ts';

export interface TokenCall {
  sender: SenderRequest;
  /** RFC 6750 section 2.2: the form parameter of a POST. */
  formToken?: string | undefined;
}

export interface UserInfo {
  /** @throws OAuthError invalid_token (401), insufficient_scope (403) */
  cloudUserDetails(call: TokenCall): Promise<CloudUserDetails>;
  /** A JWT for clients that asked for one in their registration. @throws the same */
  openIdUserInfo(call: TokenCall): Promise<OpenIdUserInfo | { jwt: string }>;
}

export interface UserInfoOptions {
  resourceTokens: ResourceTokens;
  directory: Pick<ClientDirectory, 'find'>;
  signer: Pick<Signer, 'sign'>;
  issuer: string;
  /** Compat: every claim, whatever the scope. */
  showsEverything: boolean;
}

type UserRecord = AccessTokenRecord & { identity: UserIdentity };

export function createUserInfo(options: UserInfoOptions): UserInfo {
  const { resourceTokens, directory, signer, issuer } = options;

  async function findUser({ sender, formToken }: TokenCall): Promise<UserRecord> {
    const record = (await resourceTokens.require(sender, formToken)).record();
    if (record.identity === undefined)
      throw insufficientScope('The token was issued to a client, not to a user');
    return record as UserRecord;
  }

  return {
    cloudUserDetails: async (call) => detailsOf((await findUser(call)).identity),
    async openIdUserInfo(call) {
      const record = await findUser(call);
      const { clientId, scope, userinfoClaims = [] } = record;
      if (!isWithinScope([openidScope], scope)) throw insufficientScope('The token lacks the scope openid');
      const names = options.showsEverything ? userClaimNames : [...claimsOfScope(scope), ...userinfoClaims];
      const answer = openIdUserInfoOf(record.identity, clientId, names);
      const algorithm = (await directory.find(clientId))?.userinfoSignedResponseAlg;
      if (algorithm === undefined) return answer;
      // Core section 5.3.2: signed, it says who made it and for whom.
      return { jwt: await signer.sign({ ...answer, iss: issuer }, userInfoType, algorithm) };
    },
  };
}

/** Keeps it from passing for an ID token (RFC 8725 section 3.11). */
const userInfoType = 'userinfo+jwt';

/** The compat fields always; what is known of the named claims beside them. */
function openIdUserInfoOf(
  identity: UserIdentity,
  clientId: string,
  names: readonly string[],
): OpenIdUserInfo {
  return {
    ...detailsOf(identity),
    properties: propertiesFor(identity, names),
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

function detailsOf(identity: UserIdentity): CloudUserDetails {
  return {
    username: identity.username,
    loginName: identity.loginName,
    cmeUserName: identity.cmeUserName,
    contactCenterId: identity.contactCenterId,
    environmentId: identity.environmentId,
    dbid: identity.dbid,
    authorities: identity.authorities,
    properties: identity.properties,
  };
}

/** RFC 6750 section 3.1. */
function insufficientScope(description: string): OAuthError {
  return new OAuthError('insufficient_scope', 403, description, {
    challenge: 'Bearer realm="gatehouse", error="insufficient_scope"',
  });
}
