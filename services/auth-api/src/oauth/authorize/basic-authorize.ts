/** Compat: verifies the name and password that a program sends to the authorization endpoint for its user. */
import { type Credentials, parseBasicCredentials } from '@gatehouse/caller-auth/credentials';
import {
  consentRequired,
  loginRequired,
  OAuthError,
  unmetRequirements,
} from '@gatehouse/caller-auth/oauth-errors';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Browser, BrowserRequest } from '../../browser/cookies/browser-cookies.ts';
import { isNavigation } from '../../browser/cookies/same-origin.ts';
import type { SessionService } from '../../browser/sessions/service.ts';
import { levelAsked } from '../../core/protocol/authentication-context.ts';
import { type AuthorizationRequest, isForAnother } from '../../core/protocol/authorization-request.ts';
import { includes } from '../../core/protocol/response-types.ts';
import type { Admission } from '../../people/accounts/admission.ts';
import type { AuthenticatedLogin } from '../../people/accounts/authenticate.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { ProvedUser } from './authorization-issue.ts';

export interface BasicAuthorizeOptions {
  users: Pick<UserService, 'authenticate'>;
  sessions: Pick<SessionService, 'create'>;
  admission: Pick<Admission, 'admit'>;
  /** Takes passwords for clients whose registration does not say, and signs programs in: existing ones call `/ping` next. */
  isCompat: boolean;
}

export type BasicAuthorize = ReturnType<typeof createBasicAuthorize>;

export function createBasicAuthorize({ users, sessions, admission, isCompat }: BasicAuthorizeOptions) {
  async function authenticate(
    readings: Credentials[],
    { clientId, tenantHint: tenant }: AuthorizationRequest,
    { contactCenterIds }: Client,
    { ip: clientAddress, id: correlationId }: BrowserRequest,
  ): Promise<AuthenticatedLogin> {
    let refusal: unknown;
    for (const { username: userName, password } of readings) {
      try {
        const origin = { clientAddress, clientId, correlationId };
        return await users.authenticate({ userName, password, tenant, contactCenterIds, ...origin });
      } catch (error) {
        if (!(error instanceof AppError) || error.status === 429 || error.status >= 500) throw error;
        refusal = refused(error);
        if (error.status !== 401) break;
      }
    }
    throw refusal;
  }

  /**
   * Gives undefined for a request without a password. Creates no session for a link: with credentials in it, it must not
   * sign anybody in to another person's account. @throws OAuthError; AppError (429, 503)
   */
  return async (
    request: AuthorizationRequest,
    client: Client,
    browser: Browser,
  ): Promise<ProvedUser | undefined> => {
    const { headers } = browser.request;
    const { authorization } = headers;
    if (typeof authorization !== 'string' || !(client.basicAuthorize ?? isCompat)) return undefined;
    const readings = readingsOf(authorization);
    if (readings.length === 0) return undefined;
    const { identity, provedAtMs } = await authenticate(readings, request, client, browser.request);
    const problem = problemOf(request, client, identity);
    if (problem !== undefined) throw problem;
    // Before there is a session: a program shows its user no page.
    const admitted = await admission.admit(identity, {
      act: includes(request.responseType, 'code') ? 'code' : 'implicit',
      proofs: [{ factor: 'password', atMs: provedAtMs }],
      client,
    });
    if (!isCompat || isNavigation(headers)) return { identity, authorizedAtMs: provedAtMs };
    const newcomer = { admitted, provedAtMs, clientId: client.clientId };
    return { identity, session: await sessions.create(browser, newcomer), authorizedAtMs: provedAtMs };
  };
}

/** Refuses a right password that may not be used in the same way: the caller is a program, and its user must see a page. */
function refused({ message, detail, name }: AppError): OAuthError {
  return new OAuthError('access_denied', 401, message, {
    challenge: 'Basic realm="gatehouse", charset="UTF-8"',
    detail: detail ?? name,
  });
}

/** Each reading counts as an attempt. No user is called `tenant%5Cuser`, so only the decoded reading is tried there. */
function readingsOf(authorization: string): Credentials[] {
  const readings = parseBasicCredentials(authorization);
  const last = readings.at(-1);
  return last !== undefined && readings[0]?.username !== last.username ? [last] : readings;
}

/** Names what the request needs and only a page can do. */
function problemOf(
  request: AuthorizationRequest,
  client: Client,
  identity: UserIdentity,
): OAuthError | undefined {
  const { contexts, prompt } = request;
  if (isForAnother(request, identity))
    return loginRequired('Another user signed in than the one who was asked for');
  if (contexts?.areEssential && levelAsked(contexts.values) !== 'password') return unmetRequirements();
  if (client.requireConsent || prompt.includes('consent') || request.details !== undefined)
    return consentRequired('The user must agree to what the application asks for');
  return undefined;
}
