/** The client for itself (RFC 6749 section 4.4): no user, no refresh token. */
import { invalidScope } from '@gatehouse/service-kit/errors/oauth-error';
import type { TokenIssuer } from '../../tokens/issue.ts';
import { narrowScope } from '../scopes.ts';
import type { GrantHandler } from './grant-handler.ts';

export function clientCredentialsGrant({ tokenIssuer }: { tokenIssuer: TokenIssuer }): GrantHandler {
  return {
    grantType: 'client_credentials',
    parameters: ['scope'],
    async handle({ client, scope: requested, cnf }) {
      const scope = narrowScope(requested, client.scope);
      if (scope === undefined) throw invalidScope('The client may not have this scope');
      return tokenIssuer.issueForClient(client, scope, cnf);
    },
  };
}
