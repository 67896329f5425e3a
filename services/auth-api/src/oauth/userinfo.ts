/** Who the bearer of an access token acts for: the compat view and the OpenID Connect one (Core section 5.3). */
import {
  invalidRequest,
  invalidToken,
  missingToken,
  OAuthError,
} from '@gatehouse/service-kit/errors/oauth-error';
import { parseBearerToken } from '@gatehouse/service-kit/http/basic-auth';
import type { AccessTokenRecord } from '../tokens/access-token.ts';
import type { AccessTokens } from '../tokens/access-tokens.ts';
import type { UserIdentity } from '../users/identity.ts';
import { isWithinScope, openidScope } from './scopes.ts';
import type { CloudUserDetails, OpenIdUserInfo } from './userinfo-schemas.ts';

export interface BearerCall {
  authorization: string | undefined;
  /** RFC 6750 section 2.2: the form parameter of a POST. */
  formToken?: string | undefined;
}

export interface UserInfo {
  /** @throws OAuthError invalid_token (401), insufficient_scope (403) */
  cloudUserDetails(call: BearerCall): Promise<CloudUserDetails>;
  openIdUserInfo(call: BearerCall): Promise<OpenIdUserInfo>;
}

type UserRecord = AccessTokenRecord & { identity: UserIdentity };

export function createUserInfo(accessTokens: AccessTokens): UserInfo {
  async function findUser(call: BearerCall): Promise<UserRecord> {
    const stored = await accessTokens.find(readToken(call));
    if (stored === undefined) throw invalidToken();
    const record = stored.record();
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

function readToken({ authorization, formToken }: BearerCall): string {
  if (authorization !== undefined && formToken !== undefined) {
    throw invalidRequest('Send the access token once: in the Authorization header or in the form');
  }
  if (authorization === undefined && formToken === undefined) throw missingToken();
  const token = formToken ?? parseBearerToken(authorization);
  if (token === undefined) throw invalidToken({ detail: 'the Authorization header is not Bearer' });
  return token;
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
