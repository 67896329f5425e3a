import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, guardedRoutes, preflight } from '../cors/pages.ts';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { agent, sessionCookie } from '../stack/interaction.ts';
import { createClient, getCode, postForm, redeem, redirectUri, verifier } from '../stack/oauth.ts';

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
  it.each(guardedRoutes)('is refused by %s %s, asking first or not', async (method, url) => {
    const refused = [
      await preflight(stack.app, method, url, 'https://evil.test'),
      await call(stack.app, method, url, { origin: 'https://evil.test' }),
    ];
    for (const answer of refused) {
      expect(answer.status).toBe(403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(answer.headers['vary']).toContain('origin');
      expect(answer.body).toMatch(/https:\/\/evil\.test may not call this API: register it .*\/cors/);
    }
  });

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

describe('72: pages and internal routes', () => {
  it.each([
    '/auth/v3/oauth/authorize',
    '/auth/v3/sign-in',
    '/auth/v3/sign-out',
    '/auth/v3/oauth/logout',
    '/auth/v3/change-password',
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
