/** Token revocation (RFC 7009). */
import type { AuditWriter } from '../audit/event.ts';
import type { Client } from '../clients/client.ts';
import type { AccessTokenStore } from '../tokens/access-token-store.ts';
import type { CutOffs } from '../tokens/cut-offs.ts';
import { endFamily } from '../tokens/families.ts';
import type { FamilyStore } from '../tokens/family-store.ts';
import { parseFamilyToken } from '../tokens/family-token.ts';
import type { ClientAuthentication, ClientCall } from './client-authentication.ts';
import { requireParameter } from './parameters.ts';

export interface RevocationEndpoint {
  /** Resolves alike for tokens that were revoked, unknown or another client's (section 2.2). @throws OAuthError, AppError */
  revoke(call: ClientCall): Promise<void>;
}

export interface RevocationOptions {
  clientAuthentication: ClientAuthentication;
  accessTokenStore: AccessTokenStore;
  families: FamilyStore;
  cutOffs: CutOffs;
  audit: AuditWriter;
}

export function createRevocationEndpoint(options: RevocationOptions): RevocationEndpoint {
  const { clientAuthentication, accessTokenStore, families, cutOffs, audit } = options;

  async function revokeRefreshToken(client: Client, text: string): Promise<string | undefined> {
    const token = parseFamilyToken(text);
    const grant = token === undefined ? undefined : await families.findRefresh(token);
    if (grant === undefined || grant.clientId !== client.clientId) return undefined;
    // Section 2.1: the access tokens of the same authorization go with it.
    await endFamily(families, cutOffs, grant.familyId);
    return grant.identity.sub;
  }

  async function revokeAccessToken(client: Client, token: string): Promise<string | undefined> {
    const stored = await accessTokenStore.find(token);
    if (stored === undefined || stored.facts.clientId !== client.clientId) return undefined;
    await accessTokenStore.remove(token);
    return stored.facts.sub ?? client.clientId;
  }

  return {
    async revoke(call) {
      const client = await clientAuthentication.authenticate(call);
      const token = requireParameter(call.parameters, 'token');
      // The hint may be wrong (section 2.1); a refresh token shows itself by its form.
      const sub = (await revokeRefreshToken(client, token)) ?? (await revokeAccessToken(client, token));
      if (sub === undefined) return;
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
