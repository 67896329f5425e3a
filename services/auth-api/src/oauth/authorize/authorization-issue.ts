/** Issues what a granted authorization request returns: a code, tokens, or both (OpenID Connect Core section 3). */

import { accessDenied } from '@gatehouse/caller-auth/oauth-errors';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Browser } from '../../browser/cookies/browser-cookies.ts';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { Session } from '../../browser/sessions/session.ts';
import { levelAsked, namesIn } from '../../core/protocol/authentication-context.ts';
import type { AuthorizationRequest } from '../../core/protocol/authorization-request.ts';
import { includes } from '../../core/protocol/response-types.ts';
import type { Admission } from '../../people/accounts/admission.ts';
import type { ContactCenterStatusCheck } from '../../people/accounts/contact-center-status.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { Families } from '../../tokens/families.ts';
import { formatFamilyToken, newFamilyId, newSecret } from '../../tokens/family-token.ts';
import type { CodeGrant, Grant } from '../../tokens/grant.ts';
import { proofsOf, provedAtMsOf, referenceTo } from '../../tokens/session-reference.ts';
import type { StaleRegistrationTokens } from '../../tokens/stale-registration-tokens.ts';
import type { UserTokenIssuer } from '../../tokens/user-token-issuer.ts';

export interface AuthorizationIssuerOptions {
  sessions: Pick<SessionService, 'recordClient'>;
  families: Pick<Families, 'saveCode'>;
  userTokenIssuer: Pick<UserTokenIssuer, 'issueInFront'>;
  staleRegistrationTokens: Pick<StaleRegistrationTokens, 'check'>;
  admission: Pick<Admission, 'admit'>;
  /** Whether the user's contact centre is still active. */
  contactCenterStatus: Pick<ContactCenterStatusCheck, 'holds'>;
  audit: AuditWriter;
}

/** The user whom an answer is about, with or without a session. */
export interface ProvedUser {
  identity: UserIdentity;
  session?: Session;
  authorizedAtMs: number;
}

export type IssueAuthorization = ReturnType<typeof createAuthorizationIssuer>;

export function createAuthorizationIssuer(options: AuthorizationIssuerOptions) {
  const { sessions, families, userTokenIssuer, staleRegistrationTokens, admission, contactCenterStatus } =
    options;

  /** Gives the parameters of the answer. @throws OAuthError access_denied, interaction_required; AppError (503) */
  return async (
    request: AuthorizationRequest,
    client: Client,
    proved: ProvedUser,
    browser: Browser,
  ): Promise<Record<string, string>> => {
    const { responseType, clientId } = request;
    const { identity, session } = proved;
    const { contexts } = request;
    const admitted = await admission.admit(identity, {
      act: includes(responseType, 'code') ? 'code' : 'implicit',
      proofs: proofsOf(proved),
      client,
      request: contexts?.areEssential ? levelAsked(contexts.values) : undefined,
    });
    // Tokens that are issued with a code belong to its family: a replay of the code ends them too.
    const familyId = newFamilyId();
    const grant = grantOf(request, proved, familyId);
    const code = includes(responseType, 'code') ? { familyId, secret: newSecret() } : undefined;
    const codeText = code && formatFamilyToken(code);
    const [tokens] = await Promise.all([
      userTokenIssuer.issueInFront(client, grant, admitted, {
        accessToken: includes(responseType, 'token'),
        idToken: includes(responseType, 'id_token'),
        code: codeText,
      }),
      code && families.saveCode(code, codeGrantOf(request, grant)),
      session && sessions.recordClient(browser.request, session, clientId),
      options.audit.write({
        name: code ? 'code_issued' : 'token_issued',
        outcome: 'success',
        sub: identity.sub,
        sid: session?.sid,
        clientId,
        contactCenterId: identity.contactCenterId,
        correlationId: browser.request.id,
        clientAddress: browser.request.ip,
        fields: responseType === 'code' ? undefined : { responseType },
      }),
    ]);
    await staleRegistrationTokens.check(client);
    if (!(await contactCenterStatus.holds(identity, provedAtMsOf(proved))))
      throw accessDenied(
        'The contact centre of the user is disabled, or the user may not come in this way any more',
      );
    const fields = Object.entries(tokens).map(([name, value]) => [name, String(value)]);
    return { ...definedOnly({ code: codeText }), ...Object.fromEntries(fields) };
  };
}

function grantOf(request: AuthorizationRequest, proved: ProvedUser, familyId: string): Grant {
  const { identity, session, authorizedAtMs } = proved;
  return definedOnly({
    familyId,
    clientId: request.clientId,
    grantType: includes(request.responseType, 'code') ? 'authorization_code' : 'implicit',
    scope: request.scope,
    audience: request.resources ?? [],
    identity,
    session: session && referenceTo(session),
    nonce: request.nonce,
    acrNames: request.contexts && namesIn(request.contexts.values),
    claims: request.claims,
    details: request.details,
    authorizedAtMs,
  });
}

function codeGrantOf(request: AuthorizationRequest, grant: Grant): CodeGrant {
  const { redirectUri, redirectUriGiven, codeChallenge, dpopJkt } = request;
  return definedOnly({ ...grant, redirectUri, redirectUriGiven, codeChallenge, dpopJkt });
}
