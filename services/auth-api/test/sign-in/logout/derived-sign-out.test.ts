import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { exchangeGrant, exchangeToken, urn } from '../../stack/exchange.ts';
import { agent } from '../../stack/interaction.ts';
import { createClient, getCode, introspect, redeem, type TestClient, token } from '../../stack/oauth.ts';
import { assertionClaims, type ClientKey, createClientKey } from '../../stack/signing-client.ts';

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

let stack: AuthApi;
let portal: TestClient;
let gateway: TestClient;
let key: ClientKey;

beforeAll(async () => {
  stack = await startAuthApi();
  key = await createClientKey();
  portal = await createClient(stack, { scope: ['openid', 'read', 'sessions'] });
  gateway = await createClient(stack, {
    scope: ['openid', 'read', 'sessions'],
    authorizedGrantTypes: [exchangeGrant, 'client_credentials', 'refresh_token', jwtBearer],
    tokenExchange: { subjectClients: [portal.clientId], delegation: true, refreshTokens: true },
    jwtBearer: {
      issuers: [
        { issuer: 'https://crm.test', jwks: { keys: [key.publicJwk] }, contactCenterIds: [contactCenterId] },
      ],
    },
  });
});
afterAll(() => stack?.close());

interface LoggedIn {
  browser: Browser;
  accessToken: string;
}

async function logIn(): Promise<LoggedIn> {
  const browser = createBrowser(stack.app);
  const { access_token } = (await redeem(stack, portal, await getCode(stack, browser, portal))).json();
  return { browser, accessToken: access_token };
}

const accessTokenOf = async (answer: ReturnType<typeof token>) => (await answer).json().access_token;

const ways: [string, (user: LoggedIn) => Promise<string>][] = [
  ['an exchange', ({ accessToken }) => accessTokenOf(exchangeToken(stack, gateway, accessToken))],
  [
    'an exchange for a JWT',
    ({ accessToken }) =>
      accessTokenOf(exchangeToken(stack, gateway, accessToken, { requested_token_type: urn('jwt') })),
  ],
  [
    'a delegation',
    async ({ accessToken }) => {
      const actor = await accessTokenOf(token(stack, gateway, { grant_type: 'client_credentials' }));
      const form = { actor_token: actor, actor_token_type: urn('access_token') };
      return accessTokenOf(exchangeToken(stack, gateway, accessToken, form));
    },
  ],
  [
    'an exchanged refresh token',
    async ({ accessToken }) => {
      const form = { requested_token_type: urn('refresh_token') };
      const refreshToken = await accessTokenOf(exchangeToken(stack, gateway, accessToken, form));
      return accessTokenOf(
        token(stack, gateway, { grant_type: 'refresh_token', refresh_token: refreshToken }),
      );
    },
  ],
  [
    'an assertion',
    async () => {
      const assertion = await key.sign(assertionClaims(agent.username, { iss: 'https://crm.test' }));
      return accessTokenOf(token(stack, gateway, { grant_type: jwtBearer, assertion }));
    },
  ],
];

const signOut = (accessToken: string, query = '') =>
  stack.app.inject({
    method: 'POST',
    url: `/auth/v3/sign-out${query}`,
    headers: { authorization: `Bearer ${accessToken}` },
  });
const isActive = async (text: string, by: TestClient) => (await introspect(stack, by, text))['active'];

describe.each(ways)('a token by %s', (_way, derive) => {
  // attack: sign a user out everywhere with an exchanged token | RFC 9700 4.12, RFC 8693 5 | guard: services/auth-api/src/sign-in/logout/sign-out-service.ts
  it('does not sign its user out everywhere', async () => {
    const user = await logIn();
    const derived = await derive(user);

    const answer = await signOut(derived, '?global=true');

    expect(answer.statusCode).toBe(403);
    expect(answer.json().status.message).toContain('ends only itself');
    expect(await isActive(user.accessToken, portal)).toBe(true);
    expect((await user.browser.get('/auth/v3/ping')).status).toBe(200);
    expect(await isActive(derived, gateway)).toBe(true);
  });

  // attack: end the session of a user with an exchanged token | RFC 9700 4.12, RFC 8693 5 | guard: services/auth-api/src/sign-in/logout/sign-out-service.ts
  it('signs out itself and neither the session nor the login that it came from', async () => {
    const user = await logIn();
    const derived = await derive(user);

    expect((await signOut(derived)).statusCode).toBe(200);

    expect(await isActive(derived, gateway)).toBe(false);
    expect(await isActive(user.accessToken, portal)).toBe(true);
    expect((await user.browser.get('/auth/v3/ping')).status).toBe(200);
  });

  // attack: end other sessions of a user with an exchanged token | RFC 9700 4.12 | guard: services/auth-api/src/browser/sessions/routes.ts
  it('ends no session of its user by the account page either', async () => {
    const user = await logIn();
    const derived = await derive(user);
    const listed = (await user.browser.get('/auth/v3/sessions')).json() as {
      data: { id: string; current: boolean }[];
    };
    const id = listed.data.find(({ current }) => current)?.id;

    const answer = await stack.app.inject({
      method: 'DELETE',
      url: `/auth/v3/sessions/${id}`,
      headers: { authorization: `Bearer ${derived}` },
    });

    expect(answer.statusCode).toBe(403);
    expect((await user.browser.get('/auth/v3/ping')).status).toBe(200);
  });
});

describe('a token of the own login', () => {
  const logins: [string, (user: LoggedIn) => Promise<string>][] = [
    ['a code', async ({ accessToken }) => accessToken],
    [
      'a password',
      () =>
        accessTokenOf(
          token(stack, portal, {
            grant_type: 'password',
            username: `${agent.tenant}\\${agent.username}`,
            password: agent.password,
          }),
        ),
    ],
    [
      'a refresh token',
      async () => {
        const browser = createBrowser(stack.app);
        const { refresh_token } = (await redeem(stack, portal, await getCode(stack, browser, portal))).json();
        return accessTokenOf(token(stack, portal, { grant_type: 'refresh_token', refresh_token }));
      },
    ],
  ];
  it.each(logins)('by %s signs its user out everywhere', async (_way, obtain) => {
    const user = await logIn();

    expect((await signOut(await obtain(user), '?global=true')).statusCode).toBe(200);

    expect(await isActive(user.accessToken, portal)).toBe(false);
    expect((await user.browser.get('/auth/v3/ping')).status).toBe(403);
  });
});

// attack: sign a user out with an exchanged ID token as id_token_hint | CVE-2020-10734, RP-Initiated Logout 1.0 section 2 | guard: services/auth-api/src/sign-in/logout/end-session.ts
it('an exchanged ID token as id_token_hint ends no session: the user is asked', async () => {
  const user = await logIn();
  const form = { requested_token_type: urn('id_token'), audience: gateway.clientId };
  const hint = await accessTokenOf(exchangeToken(stack, gateway, user.accessToken, form));

  const answer = await user.browser.get(`/auth/v3/oauth/logout?id_token_hint=${hint}`);
  const elsewhere = await createBrowser(stack.app).get(`/auth/v3/oauth/logout?id_token_hint=${hint}`);

  expect([answer.status, elsewhere.status]).toEqual([302, 302]);
  expect((await user.browser.get('/auth/v3/ping')).status).toBe(200);
});
