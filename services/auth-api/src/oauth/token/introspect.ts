/** Answers token introspection (RFC 7662): one GET, a check in memory, and the answer that was stored with the token. */
import { parseBasicCredentials } from '@gatehouse/caller-auth/credentials';
import { unauthorizedClient } from '@gatehouse/caller-auth/oauth-errors';
import type { IntrospectionRefresh } from '@gatehouse/contracts/auth-api';
import { type RequestParameters, requireParameter } from '../../core/protocol/parameters.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import { type Client, isMeantFor } from '../../registry/clients/client.ts';
import type { TokenFacts } from '../../tokens/access-token.ts';
import type { AccessTokens } from '../../tokens/access-tokens.ts';
import type { ConsoleRights } from '../../tokens/console-rights.ts';
import type { Families, KnownRefresh } from '../../tokens/families.ts';
import { type FamilyToken, parseFamilyToken } from '../../tokens/family-token.ts';
import { isRefreshRevoked } from '../../tokens/grant.ts';
import type { ClientAuthentication, ClientCall } from '../client-authentication/client-authentication.ts';
import type { OpsAuthentication } from '../client-authentication/ops-authentication.ts';

export type IntrospectionEndpoint = ReturnType<typeof createIntrospectionEndpoint>;

export interface IntrospectionOptions {
  clientAuthentication: ClientAuthentication;
  opsAuthentication: OpsAuthentication;
  opsUsername: string;
  accessTokens: AccessTokens;
  consoleRights: Pick<ConsoleRights, 'introspection'>;
  families: Pick<Families, 'findRefresh'>;
  revocations: Revocations;
  issuer: string;
}

/** RFC 7662 section 2.2: the answer does not contain the reason. */
const inactive = '{"active":false}';

export function createIntrospectionEndpoint(options: IntrospectionOptions) {
  const {
    clientAuthentication,
    opsAuthentication,
    opsUsername,
    accessTokens,
    consoleRights,
    families,
    revocations,
    issuer,
  } = options;

  /** Undefined: the operator, who may introspect every token. @throws OAuthError, AppError */
  async function authenticate(call: ClientCall): Promise<Client | undefined> {
    const basic = parseBasicCredentials(call.authorization);
    if (basic.some(({ username }) => username === opsUsername)) {
      await opsAuthentication.authenticate(call);
      return undefined;
    }
    // Parsed once, because services introspect at every request.
    call.basic = basic;
    const client = await clientAuthentication.authenticate(call);
    // Section 2.1: without authentication, strangers could try out tokens.
    if (client.clientType === 'PUBLIC')
      throw unauthorizedClient('A public client may not introspect tokens', { refusal: 'public_client' });
    return client;
  }

  /** Only its own client sees a refresh token as active, so that no resource server accepts it as access token. */
  async function answerRefresh(caller: Client | undefined, token: FamilyToken): Promise<string> {
    const known = await families.findRefresh(token);
    if (known === undefined || !known.isCurrent) return inactive;
    if (caller !== undefined && caller.clientId !== known.grant.clientId) return inactive;
    await revocations.untilFresh();
    return isRefreshRevoked(known.grant, revocations) ? inactive : refreshIntrospectionJson(known, issuer);
  }

  return {
    authenticate,
    /** @returns JSON text. @throws OAuthError, AppError */
    async answer(caller: Client | undefined, parameters: RequestParameters): Promise<string> {
      const token = requireParameter(parameters, 'token');
      const refreshToken = parseFamilyToken(token);
      if (refreshToken !== undefined) return answerRefresh(caller, refreshToken);
      const stored = await accessTokens.find(token);
      if (stored === undefined) return inactive;
      if (caller !== undefined && !mayKnow(caller, stored.facts, issuer)) return inactive;
      return consoleRights.introspection(stored);
    },
  };
}

/** A client may introspect its own tokens, those meant for it, and those of its contact centres; an internal one all. */
function mayKnow(client: Client, facts: TokenFacts, issuer: string): boolean {
  if (client.internalClient || facts.clientId === client.clientId) return true;
  if (isMeantFor(client, facts.audience, issuer)) return true;
  return facts.contactCenterIds.some((id) => client.contactCenterIds.includes(id));
}

function refreshIntrospectionJson(
  { grant, scope, issuedAtMs, expiresAtMs }: KnownRefresh,
  issuer: string,
): string {
  const answer: IntrospectionRefresh = {
    active: true,
    token_use: 'refresh_token',
    scope: scope.join(' '),
    client_id: grant.clientId,
    exp: Math.floor(expiresAtMs / 1000),
    iat: Math.floor(issuedAtMs / 1000),
    iss: issuer,
    sub: grant.identity.sub,
    username: grant.identity.username,
    contact_center_id: grant.identity.contactCenterId,
  };
  return JSON.stringify(answer);
}
