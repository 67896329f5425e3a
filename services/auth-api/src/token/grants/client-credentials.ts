/** The client for itself (RFC 6749 section 4.4): no user, no refresh token. */
import { invalidScope } from '@gatehouse/service-kit/errors/oauth-error';
import type { AuditWriter } from '../../audit/event.ts';
import { narrowScope } from '../../protocol/scopes.ts';
import type { TokenIssuer } from '../../tokens/issue.ts';
import type { GrantHandler } from './grant-handler.ts';
import { tokenIssued } from './token-issued.ts';

export interface ClientCredentialsDeps {
  tokenIssuer: TokenIssuer;
  /** Where every token leaves an event; most installations count these. */
  tokenAudit: AuditWriter | undefined;
}

export function clientCredentialsGrant({ tokenIssuer, tokenAudit }: ClientCredentialsDeps): GrantHandler {
  return {
    grantType: 'client_credentials',
    parameters: ['scope'],
    async handle(request) {
      const { client, scope: requested, cnf } = request;
      const scope = narrowScope(requested, client.scope);
      if (scope === undefined) throw invalidScope('The client may not have this scope');
      const [answer] = await Promise.all([
        tokenIssuer.issueForClient(client, scope, cnf),
        tokenAudit?.write(tokenIssued(request, { grantType: 'client_credentials', scope })),
      ]);
      return answer;
    },
  };
}
