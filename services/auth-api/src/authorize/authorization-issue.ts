/** Makes what a good answer to an authorization request carries: a code, tokens, or both (OpenID Connect Core section 3). */
import type { AuditWriter } from '../audit/event.ts';
import type { Browser } from '../browser/browser-cookies.ts';
import type { Client } from '../clients/client.ts';
import type { AuthorizationRequest } from '../protocol/authorization-request.ts';
import { optional } from '../protocol/parameters.ts';
import { includes } from '../protocol/response-types.ts';
import type { Session, SessionService } from '../sessions/session.ts';
import type { Families } from '../tokens/families.ts';
import { type FamilyToken, formatFamilyToken, newFamilyId, newSecret } from '../tokens/family-token.ts';
import type { Grant } from '../tokens/grant.ts';
import type { LateTokens } from '../tokens/late-tokens.ts';
import { referenceTo } from '../tokens/session-reference.ts';
import type { UserTokenIssuer } from '../tokens/user-token-issuer.ts';
import type { UserIdentity } from '../users/identity.ts';

export interface AuthorizationIssuerOptions {
  sessions: Pick<SessionService, 'noteClient'>;
  families: Pick<Families, 'saveCode'>;
  userTokenIssuer: Pick<UserTokenIssuer, 'issueInFront'>;
  lateTokens: Pick<LateTokens, 'check'>;
  audit: AuditWriter;
}

/** Who stands behind an answer, by a session or without one. */
export interface ProvedUser {
  identity: UserIdentity;
  session?: Session;
  authorizedAtMs: number;
}

/** The parameters of the answer. @throws AppError (503) */
export type IssueAuthorization = (
  request: AuthorizationRequest,
  client: Client,
  proved: ProvedUser,
  browser: Browser,
) => Promise<Record<string, string>>;

export function createAuthorizationIssuer(options: AuthorizationIssuerOptions): IssueAuthorization {
  const { sessions, families, userTokenIssuer, lateTokens, audit } = options;

  function grantOf(request: AuthorizationRequest, proved: ProvedUser, familyId: string): Grant {
    const { identity, session, authorizedAtMs } = proved;
    return {
      familyId,
      clientId: request.clientId,
      grantType: includes(request.responseType, 'code') ? 'authorization_code' : 'implicit',
      scope: request.scope,
      audience: [],
      identity,
      ...optional('session', session && referenceTo(session)),
      ...optional('nonce', request.nonce),
      ...optional('claims', request.claims),
      authorizedAtMs,
    };
  }

  async function saveCode(request: AuthorizationRequest, grant: Grant, code: FamilyToken): Promise<void> {
    await families.saveCode(code, {
      ...grant,
      redirectUri: request.redirectUri,
      redirectUriGiven: request.redirectUriGiven,
      ...optional('codeChallenge', request.codeChallenge),
      ...optional('dpopJkt', request.dpopJkt),
    });
  }

  return async (request, client, proved, browser) => {
    const { responseType } = request;
    const { identity, session } = proved;
    // Tokens that go along with a code belong to its family: a replay of the code ends them too.
    const familyId = newFamilyId();
    const grant = grantOf(request, proved, familyId);
    const code = includes(responseType, 'code') ? { familyId, secret: newSecret() } : undefined;
    const codeText = code && formatFamilyToken(code);
    const [tokens] = await Promise.all([
      userTokenIssuer.issueInFront(client, grant, {
        accessToken: includes(responseType, 'token'),
        idToken: includes(responseType, 'id_token'),
        code: codeText,
      }),
      code && saveCode(request, grant, code),
      session && sessions.noteClient(browser.request, session, request.clientId),
      audit.write({
        name: code ? 'code_issued' : 'token_issued',
        outcome: 'success',
        sub: identity.sub,
        sid: session?.sid,
        clientId: request.clientId,
        contactCenterId: identity.contactCenterId,
        correlationId: browser.correlationId,
        clientAddress: browser.request.ip,
        ...(responseType === 'code' ? {} : { fields: { responseType } }),
      }),
    ]);
    await lateTokens.check(client);
    const fields = Object.entries(tokens).map(([name, value]) => [name, String(value)]);
    return { ...(codeText === undefined ? {} : { code: codeText }), ...Object.fromEntries(fields) };
  };
}
