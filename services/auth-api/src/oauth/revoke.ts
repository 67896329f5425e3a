/** Token revocation (RFC 7009). */
import { unsupportedTokenType } from '@gatehouse/service-kit/errors/oauth-error';
import type { AuditWriter } from '../audit/event.ts';
import type { Client } from '../clients/client.ts';
import type { AccessTokens } from '../tokens/access-tokens.ts';
import type { Families } from '../tokens/families.ts';
import { parseFamilyToken } from '../tokens/family-token.ts';
import type { IdTokens } from '../tokens/id-token.ts';
import type { ClientAuthentication, ClientCall } from './client-authentication.ts';
import { requireParameter } from './parameters.ts';

export interface RevocationEndpoint {
  /** Resolves alike for tokens that were revoked, unknown or another client's (section 2.2). @throws OAuthError, AppError */
  revoke(call: ClientCall): Promise<void>;
}

export interface RevocationOptions {
  clientAuthentication: ClientAuthentication;
  accessTokens: AccessTokens;
  families: Families;
  idTokens: Pick<IdTokens, 'recognize'>;
  audit: AuditWriter;
}

export function createRevocationEndpoint(options: RevocationOptions): RevocationEndpoint {
  const { clientAuthentication, accessTokens, families, idTokens, audit } = options;

  async function revokeRefreshToken(client: Client, text: string): Promise<string | undefined> {
    const token = parseFamilyToken(text);
    const grant = token === undefined ? undefined : (await families.findRefresh(token))?.grant;
    if (grant === undefined || grant.clientId !== client.clientId) return undefined;
    // Section 2.1: the access tokens of the same authorization go with it.
    await families.end(grant.familyId);
    return grant.identity.sub;
  }

  async function revokeAccessToken(client: Client, token: string): Promise<string | undefined> {
    const facts = await accessTokens.revoke(token, client.clientId);
    return facts === undefined ? undefined : (facts.sub ?? client.clientId);
  }

  return {
    async revoke(call) {
      const client = await clientAuthentication.authenticate(call);
      const token = requireParameter(call.parameters, 'token');
      // The hint may be wrong (section 2.1); a refresh token shows itself by its form.
      const sub = (await revokeRefreshToken(client, token)) ?? (await revokeAccessToken(client, token));
      if (sub === undefined) {
        // Section 2.2.1: saying nothing would leave the client in the belief that it is worth nothing any more.
        if ((await idTokens.recognize(token)) === undefined) return;
        throw unsupportedTokenType('ID tokens are not revoked: end the session that they speak of');
      }
      await audit.write({
        name: 'token_revoked',
        outcome: 'success',
        sub,
        clientId: client.clientId,
        correlationId: call.correlationId,
        clientAddress: call.clientAddress,
      });
    },
  };
}
