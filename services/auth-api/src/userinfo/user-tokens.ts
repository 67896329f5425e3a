/** Access tokens that speak for a user, at the endpoints that tell who that is. */

import type { ResourceTokens } from '@gatehouse/caller-auth/sender-constraint/resource-tokens';
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import { insufficientScope } from '@gatehouse/service-kit/errors/oauth-error';
import type { AccessTokenRecord, StoredAccessToken } from '../tokens/access-token.ts';
import type { UserIdentity } from '../users/identity.ts';

export interface TokenCall {
  sender: SenderRequest;
  /** RFC 6750 section 2.2: the form parameter of a POST. */
  formToken?: string | undefined;
}

export interface UserTokens {
  /** @throws OAuthError invalid_token (401), insufficient_scope (403) for a client's own token */
  require(call: TokenCall): Promise<AccessTokenRecord & { identity: UserIdentity }>;
}

export function createUserTokens(resourceTokens: ResourceTokens<StoredAccessToken>): UserTokens {
  return {
    async require({ sender, formToken }) {
      const record = (await resourceTokens.require(sender, formToken)).record();
      const { identity } = record;
      if (identity === undefined) throw insufficientScope('The token was issued to a client, not to a user');
      return { ...record, identity };
    },
  };
}
