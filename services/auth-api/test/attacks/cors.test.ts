import { basicAuthorization } from '@gatehouse/api-client/http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  call,
  callJson,
  guardedRoutes,
  operatorRoutes,
  preflight,
  tokenRoutes,
} from '../registry/cors/pages.ts';
import { type AuthApi, contactCenterId, ops, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { announceChange } from '../stack/environment-api.ts';
import { agent, sessionCookie } from '../stack/interaction.ts';
import {
  createClient,
  getCode,
  passwordTokens,
  postForm,
  redeem,
  redirectUri,
  type TestClient,
  verifier,
} from '../stack/oauth.ts';

const registered = 'https://spa.test';
let stack: AuthApi;

beforeAll(async () => {
  stack = await startAuthApi();
  await createClient(stack, { redirectURIs: ['https://spa.test/callback'] });
  await createClient(stack, { redirectURIs: ['http://127.0.0.1/callback', 'com.example.app:/cb'] });
  stack.environmentApi.origins.push('https://stored.test');
});
afterAll(() => stack?.close());

const strangers = [
  'https://evil.test',
  'null',
  '*',
  'http://spa.test',
  'https://spa.test:8443',
  'https://spa.test.evil.test',
  'https://evil-spa.test',
  'https://sub.spa.test',
  'https://spa.test@evil.test',
  'https://stored.test.evil.test',
  `${publicUrl}.evil.test`,
  publicUrl.replace('https:', 'http:'),
  'http://127.0.0.1:9999',
  'com.example.app://',
  'file://',
  'https://spa.test/callback',
  'https://spa.test, https://evil.test',
  `https://${'a'.repeat(300)}.test`,
];

describe('72: a page of an origin that nobody registered', () => {
  it.each([...guardedRoutes, ...operatorRoutes])(
    'is refused by %s %s, asking first or not',
    async (method, url) => {
      const refused = [
        await preflight(stack.app, method, url, 'https://evil.test'),
        await call(stack.app, method, url, { origin: 'https://evil.test' }),
      ];
      for (const answer of refused) {
        expect(answer.status).toBe(403);
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
        expect(answer.headers['vary']).toContain('origin');
        expect(answer.body).toMatch(
          /https:\/\/evil\.test may not call this API: register it .*\/cors|add it .*cors-origins/,
        );
      }
    },
  );

  it.each(strangers)('is refused as %s', async (origin) => {
    for (const answer of [
      await preflight(stack.app, 'POST', '/auth/v3/oauth/token', origin),
      await call(stack.app, 'GET', '/auth/v3/sessions', { origin, 'sec-fetch-site': 'cross-site' }),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('is told so in an answer that cannot carry anything of its own making', async () => {
    const answer = await call(stack.app, 'POST', '/auth/v3/oauth/token', { origin: 'https://a"\\<\u00e9>' });
    expect(answer.status).toBe(403);
    const { error_description: description } = JSON.parse(answer.body) as { error_description: string };
    expect(description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    expect(answer.headers['content-type']).toContain('application/json');
  });

  it('spends no code: the request ends before it is looked at', async () => {
    const client = await createClient(stack);
    const code = await getCode(stack, createBrowser(stack.app), client);
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    };
    const stolen = await postForm(stack, 'token', form, client, { origin: 'https://evil.test' });
    expect(stolen.status).toBe(403);
    expect((await redeem(stack, client, code)).status).toBe(200);
  });
});

describe('72: cookies', () => {
  it('never come along with permission, not even for a registered page', async () => {
    for (const [method, url] of guardedRoutes) {
      for (const answer of [
        await preflight(stack.app, method, url, registered),
        await call(stack.app, method, url, { origin: registered }),
      ]) {
        expect(answer.headers['access-control-allow-credentials'], url).toBeUndefined();
        expect(answer.headers['access-control-allow-origin'], url).toBe(registered);
      }
    }
  });

  it('end no session by a registered page on a sibling host', async () => {
    const browser = createBrowser(stack.app);
    await browser.postJson('/auth/v3/sign-in', { data: agent });
    expect(browser.cookies.has(sessionCookie)).toBe(true);
    const listed = (await browser.get('/auth/v3/sessions')).json() as { data: { id: string }[] };
    const answer = await browser.request('DELETE', `/auth/v3/sessions/${listed.data[0]?.id}`, {
      origin: registered,
    });
    expect(answer.status).toBe(403);
    expect((await browser.get('/auth/v3/ping')).status).toBe(200);
  });
});

describe('72: sign-out and the change of a password', () => {
  // attack: page of a stranger's origin uses a token | ASVS 3.4.2 | guard: services/auth-api/src/registry/cors/policies.ts
  it.each(tokenRoutes)('%s %s are refused to a stranger with a token, which stays', async (method, url) => {
    const client = await createClient(stack);
    const { access_token: token } = await passwordTokens(stack, client);
    const asked = await preflight(stack.app, method, url, 'https://evil.test');
    const sent = await callJson(stack.app, url, { origin: 'https://evil.test', token });
    for (const answer of [asked, sent]) {
      expect(answer.status).toBe(403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(await stack.deps.tokens.access.find(token)).toBeDefined();
  });

  // attack: page of another origin guesses a password at its change | ASVS 6.3.1 | guard: services/auth-api/src/sign-in/password/change-password-routes.ts
  it.each([undefined, 'nobodys'])(
    'a registered page guesses no password there with the token %s',
    async (token) => {
      const { username, tenant, password } = agent;
      const body = { userName: username, tenant, oldPassword: password, newPassword: 'Another-Passphrase-1' };
      const sent = { origin: registered, body, ...(token === undefined ? {} : { token }) };
      const answer = await callJson(stack.app, '/auth/v3/change-password', sent);
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('was not sent by a page of this service');
    },
  );

  // attack: page of another origin guesses by the token of somebody else | ASVS 6.3.1 | guard: services/auth-api/src/sign-in/password/change-password-routes.ts
  it('a registered page with the token of one user changes no password of another, although it is right', async () => {
    const client = await createClient(stack);
    const { access_token: token } = await passwordTokens(stack, client);
    const other = { userName: 'supervisor', tenant: 'demo', oldPassword: 'demo-supervisor-password' };
    const body = { ...other, newPassword: 'Another-Passphrase-1' };
    const answer = await callJson(stack.app, '/auth/v3/change-password', { origin: registered, token, body });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('was not sent by a page of this service');
  });

  it.each(tokenRoutes)('%s %s with the cookie of a browser is left to the routes', async (method, url) => {
    const browser = createBrowser(stack.app);
    await browser.postJson('/auth/v3/sign-in', { data: agent });
    const answer = await browser.request(method, url, {
      origin: registered,
      'sec-fetch-site': 'same-site',
      'content-type': 'application/json',
    });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    expect((await browser.get('/auth/v3/ping')).status).toBe(200);
  });
});

describe('72: pages and internal routes', () => {
  it.each([
    '/auth/v3/oauth/authorize',
    '/auth/v3/sign-in',
    '/auth/v3/oauth/logout',
    '/auth/v3/internal/interactions/some-id',
  ])('%s gives no other origin anything to read', async (url) => {
    for (const origin of [registered, 'https://stored.test', 'null']) {
      const asked = await preflight(stack.app, 'POST', url, origin);
      const got = await call(stack.app, 'GET', url, { origin });
      for (const answer of [asked, got]) {
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      }
    }
  });
});

describe('a page of an origin that somebody else registered', () => {
  const own = 'https://own-tenant.test';
  const global = 'https://stored.test';
  const strange = ['https://other-tenant.test', 'https://other-client.test'];
  let client: TestClient;
  let bearer: string;

  beforeAll(async () => {
    stack.environmentApi.originsOf.set(contactCenterId, [own]);
    stack.environmentApi.originsOf.set('44444444-4444-4444-8444-444444444444', ['https://other-tenant.test']);
    await announceChange(stack, { entity: 'cors', id: 'global' });
    await createClient(stack, { redirectURIs: ['https://other-client.test/callback'] });
    client = await createClient(stack, { redirectURIs: ['https://spa.test/callback'] });
    bearer = `Bearer ${(await passwordTokens(stack, client, { scope: 'openid sessions' })).access_token}`;
    await vi.waitFor(async () =>
      expect((await preflight(stack.app, 'GET', '/auth/v3/ping', own)).status).toBe(204),
    );
  });

  const readerOf = ({ headers }: { headers: Record<string, unknown> }) =>
    headers['access-control-allow-origin'];

  // attack: page of another tenant's or client's origin reads a user's data | ASVS 3.4.2 | guard: packages/service-kit/src/http/cors.ts
  it.each(['/auth/v3/userinfo', '/auth/v3/openid/userinfo', '/auth/v3/ping', '/auth/v3/sessions'])(
    'may ask for %s and reads nothing that a token of another contact centre or client gives',
    async (url) => {
      for (const origin of [own, global, registered, ...strange]) {
        expect((await preflight(stack.app, 'GET', url, origin)).status).toBe(204);
        const answer = await call(stack.app, 'GET', url, { origin, authorization: bearer });
        expect([origin, answer.status]).toEqual([origin, 200]);
        expect(readerOf(answer)).toBe(strange.includes(origin) ? undefined : origin);
        expect(answer.headers['vary']).toContain('origin');
      }
    },
  );

  // attack: page of another tenant's origin reads tokens | ASVS 3.4.2 | guard: services/auth-api/src/oauth/token/token.ts
  it('reads no token, unless the token is of its own contact centre or client', async () => {
    const form = {
      grant_type: 'password',
      username: `${agent.tenant}\\${agent.username}`,
      password: agent.password,
    };
    for (const origin of [own, global, registered, ...strange]) {
      const answer = await postForm(stack, 'token', form, client, { origin });
      expect(answer.status).toBe(200);
      expect(readerOf(answer)).toBe(strange.includes(origin) ? undefined : origin);
      const token = answer.json().access_token;
      const revoked = await postForm(stack, 'revoke', { token }, client, { origin });
      expect(readerOf(revoked)).toBe(strange.includes(origin) ? undefined : origin);
    }
  });

  it('does not read the session of a browser', async () => {
    const browser = createBrowser(stack.app);
    await browser.postJson('/auth/v3/sign-in', { data: agent });
    for (const url of ['/auth/v3/ping', '/auth/v3/sessions']) {
      expect(readerOf(await browser.request('GET', url, { origin: own }))).toBe(own);
      for (const origin of [registered, ...strange])
        expect(readerOf(await browser.request('GET', url, { origin }))).toBeUndefined();
    }
  });

  it('reads that a token is no good, which tells it to sign in again', async () => {
    const answer = await call(stack.app, 'GET', '/auth/v3/userinfo', {
      origin: own,
      authorization: 'Bearer nobodys',
    });
    expect([answer.status, readerOf(answer)]).toEqual([401, own]);
  });

  // attack: page of a tenant's origin administers | ASVS 3.4.2 | guard: services/auth-api/src/registry/cors/policies.ts
  it.each(operatorRoutes)(
    'may not ask for %s %s, unless the operator added the origin',
    async (method, url) => {
      for (const origin of [own, registered, ...strange]) {
        const asked = await preflight(stack.app, method, url, origin);
        expect([asked.status, readerOf(asked)]).toEqual([403, undefined]);
      }
      expect((await preflight(stack.app, method, url, global)).status).toBe(204);
    },
  );

  it("reads no list of clients with the operator's password either", async () => {
    const authorization = basicAuthorization(ops.username, ops.password);
    for (const origin of [own, registered, global]) {
      const answer = await call(stack.app, 'GET', '/auth/v3/ops/clients', { origin, authorization });
      expect([answer.status, readerOf(answer)]).toEqual([200, origin === global ? global : undefined]);
    }
  });
});
