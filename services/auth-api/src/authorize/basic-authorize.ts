/** Compat: a program brings the user's own name and password to the authorization endpoint and is answered at once, without a page. */

import { type Credentials, parseBasicCredentials } from '@gatehouse/caller-auth/credentials/basic-auth';
import { AppError } from '@gatehouse/service-kit/errors/app-error';
import {
  consentRequired,
  loginRequired,
  OAuthError,
  unmetRequirements,
} from '@gatehouse/service-kit/errors/oauth-error';
import type { Browser } from '../browser/browser-cookies.ts';
import type { Client } from '../clients/client.ts';
import { contextOf } from '../protocol/authentication-context.ts';
import type { AuthorizationRequest } from '../protocol/authorization-request.ts';
import type { AuthenticatedLogin } from '../users/authenticate.ts';
import type { UserService } from '../users/service.ts';
import type { ProvedUser } from './authorization-issue.ts';

/**
 * Undefined: the request goes the usual way. No session comes of it, so nobody can be signed in to somebody else's
 * account by a link with credentials in it. @throws OAuthError; AppError (429, 503)
 */
export type BasicAuthorize = (
  request: AuthorizationRequest,
  client: Client,
  browser: Browser,
) => Promise<ProvedUser> | undefined;

export interface BasicAuthorizeOptions {
  users: Pick<UserService, 'authenticate'>;
  /** For clients whose registration does not say. */
  isDefault: boolean;
}

const passwordMethods = ['pwd'];

export function createBasicAuthorize({ users, isDefault }: BasicAuthorizeOptions): BasicAuthorize {
  async function authenticate(
    readings: Credentials[],
    { clientId, tenantHint: tenant }: AuthorizationRequest,
    { contactCenterIds }: Client,
    { request, correlationId }: Browser,
  ): Promise<AuthenticatedLogin> {
    let refusal: unknown;
    for (const { username: userName, password } of readings) {
      try {
        const origin = { clientAddress: request.ip, clientId, correlationId };
        return await users.authenticate({ userName, password, tenant, contactCenterIds, ...origin });
      } catch (error) {
        if (!(error instanceof AppError) || error.status === 429 || error.status >= 500) throw error;
        refusal = refused(error);
        if (error.status !== 401) break;
      }
    }
    throw refusal;
  }

  async function prove(
    readings: Credentials[],
    request: AuthorizationRequest,
    client: Client,
    browser: Browser,
  ) {
    const { identity, provedAtMs } = await authenticate(readings, request, client, browser);
    const problem = problemOf(request, client, identity.sub);
    if (problem !== undefined) throw problem;
    return { identity, authorizedAtMs: provedAtMs };
  }

  return (request, client, browser) => {
    const { authorization } = browser.request.headers;
    if (typeof authorization !== 'string' || !(client.basicAuthorize ?? isDefault)) return undefined;
    const readings = readingsOf(authorization);
    return readings.length === 0 ? undefined : prove(readings, request, client, browser);
  };
}

/** A password that is right but may not be used is refused alike: the caller is a program, and its user must see a page. */
function refused({ message, detail, name }: AppError): OAuthError {
  return new OAuthError('access_denied', 401, message, {
    challenge: 'Basic realm="gatehouse", charset="UTF-8"',
    detail: detail ?? name,
  });
}

/** Each reading that is tried counts as an attempt: nobody is called `tenant%5Cuser`, so there the decoded one is meant. */
function readingsOf(authorization: string): Credentials[] {
  const readings = parseBasicCredentials(authorization);
  const last = readings.at(-1);
  return last !== undefined && readings[0]?.username !== last.username ? [last] : readings;
}

/** What only a page could bring about. */
function problemOf(request: AuthorizationRequest, client: Client, sub: string): OAuthError | undefined {
  const { hintedSubject, contexts, prompt } = request;
  if (hintedSubject !== undefined && hintedSubject !== sub)
    return loginRequired('Another user signed in than the one who was asked for');
  if (contexts?.areEssential && !contexts.values.includes(contextOf(passwordMethods)))
    return unmetRequirements();
  if (client.requireConsent || prompt.includes('consent'))
    return consentRequired('The user must agree to what the application asks for');
  return undefined;
}
