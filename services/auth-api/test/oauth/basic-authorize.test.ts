import { basicAuthorization } from '@gatehouse/api-client/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { agent, sessionCookie } from '../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  introspect,
  redeem,
  responseOf,
  type TestClient,
} from '../stack/oauth.ts';

let stack: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_COMPAT_ENABLED: 'true' } });
  client = await createClient(stack);
});
afterAll(() => stack?.close());

const userName = `${agent.tenant}\\${agent.username}`;

async function authorize(
  parameters: Record<string, string> = {},
  authorization = basicAuthorization(userName, agent.password),
  by = client,
) {
  const browser = createBrowser(stack.app);
  const answer = await browser.get(authorizeUrl(by, parameters), { authorization });
  return { ...answer, cookies: browser.cookies };
}

describe("the authorization endpoint with the user's Basic credentials (compat)", () => {
  it('answers 302 with a code at once', async () => {
    const answer = await authorize({ scope: 'openid' });

    expect(answer.status).toBe(302);
    const tokens = await redeem(stack, client, responseOf(answer).get('code') ?? '');
    expect(await introspect(stack, client, tokens.json().access_token)).toMatchObject({
      username: 'demo\\agent',
      grant_type: 'authorization_code',
    });
  });

  it('signs the program in, as its next call expects, until it signs out by its token', async () => {
    const program = createBrowser(stack.app);
    const answer = await program.get(authorizeUrl(client), {
      authorization: basicAuthorization(userName, agent.password),
      accept: 'application/json',
    });
    expect((await program.get('/auth/v3/ping')).status).toBe(200);

    const tokens = (await redeem(stack, client, responseOf(answer).get('code') ?? '')).json();
    const authorization = `Bearer ${tokens.access_token}`;
    const signedOut = await program.request('POST', '/auth/v3/sign-out', { authorization });
    expect(signedOut.status).toBe(200);
    expect((await program.get('/auth/v3/ping')).status).toBe(403);
  });

  // attack: link with credentials signs a browser in to another account | RFC 9700 4.7.1 | guard: services/auth-api/src/browser/cookies/same-origin.ts
  it.each([
    ['of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['of a mail program', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
    ['of our own site', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' }],
    ['in an old browser', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }],
  ] as [string, Record<string, string>][])('signs no browser in by a link %s', async (_name, headers) => {
    const browser = createBrowser(stack.app);
    const authorization = basicAuthorization(userName, agent.password);
    const answer = await browser.get(authorizeUrl(client), { authorization, ...headers });
    expect(responseOf(answer).get('code')).toBeTruthy();
    expect(browser.cookies.has(sessionCookie)).toBe(false);
  });

  it.each([
    ['raw', `Basic ${Buffer.from(`${userName}:${agent.password}`).toString('base64')}`, {}],
    ['with the tenant apart', basicAuthorization('agent', agent.password), { tenant: 'demo' }],
    [
      'in another case of the scheme',
      basicAuthorization(userName, agent.password).replace('Basic', 'bAsIc'),
      {},
    ],
    ['beside prompt=none', basicAuthorization(userName, agent.password), { prompt: 'none' }],
    ['beside prompt=login', basicAuthorization(userName, agent.password), { prompt: 'login' }],
  ])('takes them %s', async (_name, authorization, parameters) => {
    const answer = await authorize(parameters, authorization);
    expect(responseOf(answer).get('code')).toBeTruthy();
  });

  it.each([
    ['a wrong password', basicAuthorization(userName, 'wrong')],
    ['an unknown user', basicAuthorization('demo\\nobody', 'wrong')],
    ['an unknown tenant', basicAuthorization('elsewhere\\agent', agent.password)],
  ])('refuses %s with 401 and JSON, alike, and sends nobody anywhere', async (_name, authorization) => {
    const answer = await authorize({}, authorization);

    expect([answer.status, answer.location]).toEqual([401, undefined]);
    expect(answer.json()).toEqual({
      error: 'access_denied',
      error_description: 'The user name or the password is not right',
    });
    expect(answer.headers['www-authenticate']).toContain('Basic');
  });

  it('refuses what only a page could bring about', async () => {
    const careful = await createClient(stack, { requireConsent: true });

    const consent = await authorize({}, undefined, careful);
    const context = await authorize({
      claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['2'] } } }),
      scope: 'openid',
    });

    expect(responseOf(consent).get('error')).toBe('consent_required');
    expect(responseOf(context).get('error')).toBe('unmet_authentication_requirements');
  });

  it('tells an unknown client or address by JSON as well', async () => {
    const answer = await authorize({ redirect_uri: 'https://elsewhere.test/callback' });
    expect([answer.status, answer.json()]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  it('goes the usual way for clients that do not take them, and outside the compat profile', async () => {
    const strict = await createClient(stack, { basicAuthorize: false });
    const answer = await authorize({}, undefined, strict);
    expect(answer.location).toContain('/auth/sign-in.html');

    const plain = await startAuthApi({ beside: stack });
    try {
      const usual = await createBrowser(plain.app).get(authorizeUrl(client), {
        authorization: basicAuthorization(userName, agent.password),
      });
      expect(usual.location).toContain('/auth/sign-in.html');
      const taking = await createClient(stack, { basicAuthorize: true });
      const program = createBrowser(plain.app);
      const atOnce = await program.get(authorizeUrl(taking), {
        authorization: basicAuthorization(userName, agent.password),
      });
      expect(responseOf(atOnce).get('code')).toBeTruthy();
      expect(program.cookies.has(sessionCookie)).toBe(false);
    } finally {
      await plain.close();
    }
  });

  it('takes no credentials of a contact centre that signs in through its identity provider', async () => {
    stack.environmentApi.signOns.set(contactCenterId, {
      version: 1,
      oidc: {
        enabled: true,
        accessGroups: [],
        issuer: 'https://provider.test',
        clientId: 'us',
        tokenEndpointAuthMethod: 'none',
        scopes: ['openid'],
        userNameClaim: 'sub',
        userLookup: 'userName',
        logout: false,
        location: '/',
      },
    });
    const replica = await startAuthApi({ beside: stack, env: { GATEHOUSE_COMPAT_ENABLED: 'true' } });
    const answer = await createBrowser(replica.app).get(authorizeUrl(client), {
      authorization: basicAuthorization(userName, agent.password),
    });
    await replica.close();

    expect([answer.status, answer.json()]).toMatchObject([401, { error: 'access_denied' }]);
  });
});
