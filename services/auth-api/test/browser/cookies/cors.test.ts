/** What a real browser makes of it: pages of two applications, each on an origin of its own, and one server. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeContexts, findChromium, sharedChromium } from '@gatehouse/testing/chromium';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { createClient, getCode, type TestClient, verifier } from '../../stack/oauth.ts';

const chromium = findChromium();
const servers: Server[] = [];
let stack: AuthApi;
let browser: Browser;
let authApi: string;
let application: string;
let stranger: string;
let client: TestClient;

/** Another name than the server's, so that the browser sees another site. */
async function startApplication(): Promise<string> {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Application</title>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  if (chromium === undefined) return;
  stack = await startAuthApi();
  authApi = await stack.app.listen({ host: '127.0.0.1', port: 0 });
  application = await startApplication();
  stranger = await startApplication();
  client = await createClient(stack, {
    redirectURIs: [`${application}/callback`],
    clientType: 'PUBLIC',
    authorizedGrantTypes: ['authorization_code', 'refresh_token'],
  });
  browser = await sharedChromium();
});

afterAll(async () => {
  await closeContexts(browser);
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await stack?.close();
});

interface Fetched {
  status?: number;
  body?: Record<string, unknown>;
  challenge?: string | null;
  /** The browser gave the page nothing. */
  blocked?: string;
}

/** A fetch by a page of the origin. */
async function fetchFrom(
  origin: string,
  path: string,
  init: { method?: string; form?: Record<string, string>; headers?: Record<string, string> } = {},
): Promise<Fetched> {
  const page = await browser.newPage();
  try {
    await page.goto(origin);
    return await page.evaluate(
      async ([url, { form, ...rest }]) => {
        try {
          const body = form && { body: new URLSearchParams(form) };
          const response = await fetch(url, { ...rest, ...body });
          const challenge = response.headers.get('www-authenticate');
          return { status: response.status, body: await response.json(), challenge };
        } catch (error) {
          return { blocked: String(error) };
        }
      },
      [`${authApi}${path}`, init] as const,
    );
  } finally {
    await page.close();
  }
}

const codeForm = async () => ({
  grant_type: 'authorization_code',
  client_id: client.clientId,
  redirect_uri: client.redirectUri,
  code_verifier: verifier,
  code: await getCode(stack, createBrowser(stack.app), client, { scope: 'openid' }),
});

describe.skipIf(chromium === undefined)('in Chromium, a page', () => {
  it('of a registered application redeems its code and reads who its user is, which needs a preflight', async () => {
    const tokens = await fetchFrom(application, '/auth/v3/oauth/token', {
      method: 'POST',
      form: await codeForm(),
    });
    expect(tokens).toMatchObject({ status: 200, body: { access_token: expect.any(String) } });
    const user = await fetchFrom(application, '/auth/v3/openid/userinfo', {
      headers: { authorization: `Bearer ${tokens.body?.['access_token']}` },
    });
    expect(user).toMatchObject({ status: 200, body: { sub: expect.any(String) } });
    const wrong = await fetchFrom(application, '/auth/v3/openid/userinfo', {
      headers: { authorization: 'Bearer nobodys' },
    });
    expect(wrong).toMatchObject({ status: 401, challenge: expect.stringContaining('invalid_token') });
  });

  it('of a stranger reads nothing, with a preflight or without, and spends no code', async () => {
    const form = await codeForm();
    const blocked = { blocked: expect.stringContaining('Failed to fetch') };
    expect(await fetchFrom(stranger, '/auth/v3/oauth/token', { method: 'POST', form })).toEqual(blocked);
    expect(
      await fetchFrom(stranger, '/auth/v3/ping', { headers: { authorization: 'Bearer nobodys' } }),
    ).toEqual(blocked);
    const own = await fetchFrom(application, '/auth/v3/oauth/token', { method: 'POST', form });
    expect(own.status).toBe(200);
  });

  it('of anybody reads the discovery document and the keys', async () => {
    for (const path of ['/auth/v3/.well-known/openid-configuration', '/auth/v3/oauth/jwks']) {
      expect((await fetchFrom(stranger, path)).status).toBe(200);
    }
  });
});
