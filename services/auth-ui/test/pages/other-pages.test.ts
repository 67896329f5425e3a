import { setTimeout as delay } from 'node:timers/promises';
import type { App } from '@gatehouse/service-kit/http';
import { freePort } from '@gatehouse/testing/network';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApiStandIn, sessionCookie, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp, formPost, pageGet } from '../test-app.ts';

let authApi: AuthApiStandIn;
let app: App;

beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  app = await buildTestApp({ authApiUrl: authApi.url });
});

afterAll(async () => {
  await app.close();
  await authApi.close();
});

describe('signed in and signed out', () => {
  it('shows the signed-in page to a browser with a live session, with a way out', async () => {
    const page = await app.inject(
      pageGet('/auth/signed-in.html', { cookie: `gatehouse-session=${sessionCookie}; other=1` }),
    );
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('You are signed in');
    expect(page.body).toContain('action="/auth/v3/sign-out"');
    const ping = authApi.calls.findLast(({ path }) => path === '/auth/v3/ping');
    expect(ping?.headers.cookie).toBe(`gatehouse-session=${sessionCookie}`);
    expect(ping?.headers).not.toHaveProperty('authorization');
  });

  it.each([undefined, 'gatehouse-session=ended'])(
    'sends a browser with cookie %s to the sign-in page',
    async (cookie) => {
      const page = await app.inject({ url: '/auth/signed-in.html', headers: cookie ? { cookie } : {} });
      expect([page.statusCode, page.headers.location]).toEqual([303, '/auth/sign-in.html']);
    },
  );

  it('shows the signed-out page to everybody', async () => {
    const page = await app.inject('/auth/signed-out.html');
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('You are signed out');
    expect(page.body).toContain('href="/auth/sign-in.html"');
  });
});

describe('error pages', () => {
  it.each(['/auth/nothing-here', '/auth/sign-in.html/', '/auth/assets/tokens.css', '/auth/Sign-In.html'])(
    '%s is a page that does not exist, with a reference and a way on',
    async (url) => {
      const page = await app.inject({ url, headers: { accept: 'text/html' } });
      expect(page.statusCode).toBe(404);
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.body).toContain('There is no such page');
      expect(page.headers['x-request-id']).toBeTruthy();
    },
  );

  it('carries the id of the request and leads back to the sign-in page', async () => {
    const page = await app.inject({
      url: '/auth/nothing',
      headers: { 'x-request-id': 'reference-for-support' },
    });
    expect(page.body).toContain('<code>reference-for-support</code>');
    expect(page.body).toContain('<a href="/auth/sign-in.html">');
  });

  it('says that a page is not to be asked for by another method', async () => {
    const page = await app.inject({
      method: 'PUT',
      url: '/auth/signed-out.html',
      headers: { accept: 'text/html' },
    });
    expect([page.statusCode, page.headers.allow]).toEqual([405, 'GET, HEAD']);
    expect(page.headers['content-security-policy']).toBeTruthy();
    expect(page.body).toContain('<a href="/auth/sign-in.html">');
  });

  it('speaks the language of the browser', async () => {
    const page = await app.inject({ url: '/auth/nothing', headers: { 'accept-language': 'de' } });
    expect(page.body).toContain('<html lang="de">');
    expect(page.body).toContain('Diese Seite gibt es nicht');
  });

  it('answers in the envelope to a caller that accepts only JSON', async () => {
    const answer = await app.inject({ url: '/auth/nothing', headers: { accept: 'application/json' } });
    expect(answer.json().status).toMatchObject({ code: 404, name: 'not_found' });
  });

  it('never passes on a cookie that Auth API cannot have set', async () => {
    authApi.hold({ id: 'cookie' });
    const cookie = `gatehouse-browser=${'x'.repeat(129)}; gatehouse-session=%22quoted%0d%0a`;
    const page = await app.inject(pageGet('/auth/sign-in.html?interaction=cookie', { cookie }));
    const signedIn = await app.inject(pageGet('/auth/signed-in.html', { cookie }));
    expect([page.statusCode, signedIn.statusCode]).toEqual([410, 303]);
    expect(authApi.calls.at(-1)?.headers).not.toHaveProperty('x-gatehouse-browser');
  });

  it.each(['unknown-or-used', 'of-another-browser'])(
    'says the same of an interaction that is %s',
    async (id) => {
      authApi.hold({ id: 'of-another-browser' });
      const page = await app.inject(
        pageGet(`/auth/sign-in.html?interaction=${id}`, { cookie: 'gatehouse-browser=another' }),
      );
      expect(page.statusCode).toBe(410);
      expect(page.body).toContain('This sign-in has expired');
      expect(page.body).toContain('Sign in here');
    },
  );

  it.each([
    'interaction=..%2Fping',
    'interaction=a&interaction=b',
    `interaction=${'x'.repeat(129)}`,
    'interaction=',
  ])('refuses the malformed address ?%s without asking Auth API', async (query) => {
    const callsBefore = authApi.calls.length;
    const page = await app.inject(pageGet(`/auth/sign-in.html?${query}`));
    expect(page.statusCode).toBe(400);
    expect(page.body).toContain('This request cannot be read');
    expect(authApi.calls).toHaveLength(callsBefore);
  });

  it.each([
    ['a body over the limit', { payload: `username=${'x'.repeat(70_000)}` }, 413],
    ['a field that is given twice', { payload: 'username=a&username=b' }, 400],
    [
      'another content type',
      { headers: { 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin' } },
      415,
    ],
    ['JSON', { headers: { 'content-type': 'application/json' }, payload: '{"username":"maria"}' }, 415],
    ['no body', { payload: '' }, 400],
  ])('%s gets a page, never a failure of ours', async (_case, change, status) => {
    const page = await app.inject({ ...formPost({ username: 'maria' }), ...change });
    expect(page.statusCode).toBe(status);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  });
});

describe('Auth API cannot answer', () => {
  it('is told at once when it is down, with Retry-After and a link to try again', async () => {
    const alone = await buildTestApp({ authApiUrl: `http://127.0.0.1:${await freePort()}` });
    const page = await alone.inject(pageGet('/auth/sign-in.html?interaction=pending'));
    expect(page.statusCode).toBe(503);
    expect(page.headers['retry-after']).toMatch(/^[2-4]$/);
    expect(page.body).toContain('Sign-in is not available right now');
    expect(page.body).toContain('<a href="/auth/sign-in.html?interaction=pending">Try again</a>');
    const own = await alone.inject('/auth/sign-in.html');
    expect(own.statusCode).toBe(200);
    await alone.close();
  });

  it('is told in bounded time when it is silent', async () => {
    const silent = Fastify({ forceCloseConnections: true });
    silent.get('/*', () => delay(60_000, undefined, { ref: false }));
    const authApiUrl = await silent.listen({ host: '127.0.0.1', port: 0 });
    const waiting = await buildTestApp({ authApiUrl, authApiTimeoutMs: 200 });
    const startedAt = performance.now();
    const page = await waiting.inject(pageGet('/auth/sign-in.html?interaction=pending'));
    expect(page.statusCode).toBe(503);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    await waiting.close();
    await silent.close();
  });

  it('is told as an error of the installation when it refuses the service client', async () => {
    const url = await strangerUrl();
    const page = await (await buildTestApp({ authApiUrl: url.address })).inject(
      pageGet('/auth/sign-in.html?interaction=x'),
    );
    expect(page.statusCode).toBe(500);
    expect(page.body).not.toContain('service client');
    await url.close();
  });
});

/** An Auth API that knows another service client. */
async function strangerUrl(): Promise<{ address: string; close(): Promise<void> }> {
  const stranger = Fastify({ forceCloseConnections: true });
  stranger.get('/*', async (_request, reply) => reply.code(401).send({ error: 'Unauthorized' }));
  const address = await stranger.listen({ host: '127.0.0.1', port: 0 });
  return { address, close: async () => void (await stranger.close()) };
}
