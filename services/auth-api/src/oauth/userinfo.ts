/** Who the bearer of an access token acts for: the compat view and the OpenID Connect one (Core section 5.3). */
import { OAuthError } from '@gatehouse/service-kit/errors/oauth-error';
import type { SenderRequest } from '@gatehouse/service-kit/sender-constraint/sender';
import type { ResourceTokens } from '../sender-constraint/resource-tokens.ts';
import type { AccessTokenRecord } from '../tokens/access-token.ts';
import type { UserIdentity } from '../users/identity.ts';
import { isWithinScope, openidScope } from './scopes.ts';
import type { CloudUserDetails, OpenIdUserInfo } from './userinfo-schemas.ts';

export interface TokenCall {
  sender: SenderRequest;
  /** RFC 6750 section 2.2: the form parameter of a POST. */
  formToken?: string | undefined;
}

export interface UserInfo {
  /** @throws OAuthError invalid_token (401), insufficient_scope (403) */
  cloudUserDetails(call: TokenCall): Promise<CloudUserDetails>;
  openIdUserInfo(call: TokenCall): Promise<OpenIdUserInfo>;
}

type UserRecord = AccessTokenRecord & { identity: UserIdentity };

export function createUserInfo(resourceTokens: ResourceTokens): UserInfo {
  async function findUser({ sender, formToken }: TokenCall): Promise<UserRecord> {
    const record = (await resourceTokens.require(sender, formToken)).record();
    if (record.identity === undefined)
      throw insufficientScope('The token was issued to a client, not to a user');
    return record as UserRecord;
  }

  return {
    cloudUserDetails: async (call) => detailsOf((await findUser(call)).identity),
    async openIdUserInfo(call) {
      const { identity, clientId, scope } = await findUser(call);
      if (!isWithinScope([openidScope], scope)) throw insufficientScope('The token lacks the scope openid');
      return {
        ...detailsOf(identity),
        sub: identity.sub,
        aud: clientId,
        user_name: identity.username,
        environment_id: identity.environmentId,
        contact_center_id: identity.contactCenterId,
        ...(identity.email === undefined ? {} : { email: identity.email }),
        ...(identity.firstName === undefined ? {} : { given_name: identity.firstName }),
        ...(identity.lastName === undefined ? {} : { family_name: identity.lastName }),
      };
    },
  };
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
