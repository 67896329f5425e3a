/** Token introspection (RFC 7662): one GET, a check in memory, and the answer that was stored with the token. */
import { unauthorizedClient } from '@gatehouse/service-kit/errors/oauth-error';
import { parseBasicCredentials } from '@gatehouse/service-kit/http/basic-auth';
import type { Client } from '../clients/client.ts';
import type { OpsAuthentication } from '../clients/ops-authentication.ts';
import type { TokenFacts } from '../tokens/access-token.ts';
import type { AccessTokens } from '../tokens/access-tokens.ts';
import type { ClientAuthentication, ClientCall } from './client-authentication.ts';
import { requireParameter } from './parameters.ts';

export interface IntrospectionEndpoint {
  /** JSON text. @throws OAuthError, AppError */
  answer(call: ClientCall): Promise<string>;
}

export interface IntrospectionOptions {
  clientAuthentication: ClientAuthentication;
  opsAuthentication: OpsAuthentication;
  opsUsername: string;
  accessTokens: AccessTokens;
}

/** Nothing more, whatever the reason (RFC 7662 section 2.2). */
const inactive = '{"active":false}';

export function createIntrospectionEndpoint(options: IntrospectionOptions): IntrospectionEndpoint {
  const { clientAuthentication, opsAuthentication, opsUsername, accessTokens } = options;

  /** Undefined: the operator, who may see everything. */
  async function authenticate(call: ClientCall): Promise<Client | undefined> {
    const basic = parseBasicCredentials(call.authorization);
    if (basic.some(({ username }) => username === opsUsername)) {
      await opsAuthentication.authenticate(call);
      return undefined;
    }
    const client = await clientAuthentication.authenticate({ ...call, basic });
    // Section 2.1: without authentication the endpoint would be a place to try tokens out.
    if (client.clientType === 'PUBLIC') throw unauthorizedClient('A public client may not introspect tokens');
    return client;
  }

  return {
    async answer(call) {
      const caller = await authenticate(call);
      const stored = await accessTokens.find(requireParameter(call.parameters, 'token'));
      if (stored === undefined) return inactive;
      return caller === undefined || mayKnow(caller, stored.facts) ? stored.introspection : inactive;
    },
  };
}

/** A client knows its own tokens, those meant for it, and those of its contact centres; an internal one knows all. */
function mayKnow(client: Client, facts: TokenFacts): boolean {
  if (client.internalClient || facts.clientId === client.clientId) return true;
  if (facts.audience.includes(client.clientId)) return true;
  return facts.contactCenterIds.some((id) => client.contactCenterIds.includes(id));
}
