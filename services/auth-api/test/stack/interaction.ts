/** Starts a login the way the authorization endpoint does, and reads it the way Auth UI does. */

import { basicAuthorization } from '@gatehouse/api-client/http';
import { browserHeader, type InteractionView } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import type { CookieOptions } from '../../src/browser/cookies/browser-cookies.ts';
import type { AuthorizationRequest } from '../../src/core/protocol/authorization-request.ts';
import { type AuthApi, internalAppOf, serviceClient } from './auth-api.ts';
import type { Browser } from './browser.ts';

export const browserCookie = '__Host-gatehouse-browser';
export const sessionCookie = '__Host-gatehouse-session';

export async function startInteraction(
  { deps }: AuthApi,
  browser: Browser,
  authorization: Partial<AuthorizationRequest> = {},
): Promise<string> {
  const reply = {
    setCookie: (name: string, value: string, _options: CookieOptions) => browser.cookies.set(name, value),
  };
  const request = {
    id: 'test',
    cookies: Object.fromEntries(browser.cookies),
    headers: {},
    ip: '203.0.113.7',
    method: 'GET',
    url: '/',
  };
  const { id } = await deps.interactions.service.create(
    { request, reply },
    {
      clientName: 'Test application',
      authorization: { ...plainRequest(), ...authorization },
    },
  );
  return id;
}

function plainRequest(): AuthorizationRequest {
  return {
    clientId: serviceClient.id,
    redirectUri: 'https://app.test/callback',
    redirectUriGiven: true,
    responseType: 'code',
    responseMode: 'query',
    scope: ['*'],
    prompt: [],
    hideTenant: false,
    requiresFreshSignIn: false,
    requestedAtMs: Date.now(),
  };
}

export async function readView(app: App, browser: Browser, id: string): Promise<InteractionView> {
  const response = await internalAppOf(app).inject({
    url: `/auth/v3/internal/interactions/${id}`,
    headers: {
      authorization: basicAuthorization(serviceClient.id, serviceClient.secret),
      [browserHeader]: browser.cookies.get(browserCookie) ?? '',
    },
  });
  if (response.statusCode !== 200) throw new Error(`the interaction cannot be read: ${response.body}`);
  return response.json().data;
}

/** Types the names and the password into the login page and sends it. */
export async function signIn(
  { app }: Pick<AuthApi, 'app'>,
  browser: Browser,
  id: string,
  typed: { username: string; password: string; tenant?: string },
) {
  const { csrf } = await readView(app, browser, id);
  return browser.postForm('/auth/v3/sign-in', { ...typed, interaction: id, csrf });
}

export const agent = { username: 'agent', password: 'demo-agent-password', tenant: 'demo' };
