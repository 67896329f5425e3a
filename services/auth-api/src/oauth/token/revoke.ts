/** Revokes tokens at the request of their client (RFC 7009). */
import { unsupportedTokenType } from '@gatehouse/caller-auth/oauth-errors';
import { nameCorsCaller } from '@gatehouse/service-kit/http';
import { requireParameter } from '../../core/protocol/parameters.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { AccessTokens } from '../../tokens/access-tokens.ts';
import type { Families } from '../../tokens/families.ts';
import { parseFamilyToken } from '../../tokens/family-token.ts';
import type { IdTokens } from '../../tokens/id-token.ts';
import type { ClientAuthentication, ClientCall } from '../client-authentication/client-authentication.ts';

export type RevocationEndpoint = ReturnType<typeof createRevocationEndpoint>;

export interface RevocationOptions {
  clientAuthentication: ClientAuthentication;
  accessTokens: AccessTokens;
  families: Families;
  idTokens: Pick<IdTokens, 'recognize'>;
  /** Resolves when everything that was revoked before is kept. @throws AppError (503) */
  settled(): Promise<void>;
  audit: AuditWriter;
}

interface Revocable {
  sub: string;
  /** Of a person: theirs. */
  contactCenterId: string | undefined;
  contactCenterIds: string[];
  end(): Promise<void>;
}

export function createRevocationEndpoint(options: RevocationOptions) {
  const { clientAuthentication, accessTokens, families, idTokens, settled, audit } = options;

  async function findOwn(client: Client, text: string): Promise<Revocable | undefined> {
    const token = parseFamilyToken(text);
    const grant = token === undefined ? undefined : (await families.findRefresh(token))?.grant;
    // Section 2.1: the access tokens of the same authorization go with it.
    if (grant?.clientId === client.clientId)
      return {
        sub: grant.identity.sub,
        contactCenterId: grant.identity.contactCenterId,
        contactCenterIds: [grant.identity.contactCenterId],
        end: () => families.end(grant.familyId),
      };
    const facts = await accessTokens.findOwn(text, client.clientId);
    if (facts === undefined) return undefined;
    const { sub = client.clientId, contactCenterIds } = facts;
    const contactCenterId = facts.sub === undefined ? undefined : contactCenterIds[0];
    return { sub, contactCenterId, contactCenterIds, end: () => accessTokens.end(text, facts) };
  }

  return {
    /** Section 2.2: resolves alike for revoked, unknown and other clients' tokens. @throws OAuthError, AppError */
    async revoke(call: ClientCall): Promise<void> {
      const client = await clientAuthentication.authenticate(call);
      const token = requireParameter(call.parameters, 'token');
      // token_type_hint is ignored (section 2.1): the form of the token tells its type.
      const own = await findOwn(client, token);
      if (own === undefined) {
        // Section 2.2.1: otherwise the client would believe that the ID token is revoked.
        if ((await idTokens.recognize(token)) === undefined) return settled();
        throw unsupportedTokenType('ID tokens are not revoked: end the session that they speak of');
      }
      const { clientId } = client;
      nameCorsCaller(call.sender, { clientId, contactCenterIds: own.contactCenterIds });
      // Audited first: after a crash in between, a repeated request would find no token to report.
      await audit.write({
        name: 'token_revoked',
        outcome: 'success',
        sub: own.sub,
        contactCenterId: own.contactCenterId,
        clientId,
        correlationId: call.correlationId,
        clientAddress: call.clientAddress,
      });
      await own.end();
    },
  };
}
