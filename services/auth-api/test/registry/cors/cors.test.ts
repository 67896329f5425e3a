import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { announceChange } from '../../stack/environment-api.ts';
import { createClient, opsCall, passwordTokens, type TestClient } from '../../stack/oauth.ts';
import { call, callJson, guardedRoutes, preflight, tokenRoutes } from './pages.ts';

let stack: AuthApi;
let spa: TestClient;
beforeAll(async () => {
  stack = await startAuthApi();
  spa = await createClient(stack, {
    redirectURIs: ['https://spa.test/callback', 'https://spelled.test:443/cb'],
  });
});
afterAll(() => stack?.close());

const from = (origin: string, at: AuthApi = stack) =>
  call(at.app, 'POST', '/auth/v3/oauth/token', { origin, 'sec-fetch-site': 'cross-site' });
const allowedFrom = async (origin: string, at?: AuthApi) =>
  (await from(origin, at)).headers['access-control-allow-origin'] === origin;

async function store(...origins: string[]): Promise<void> {
  stack.environmentApi.origins.splice(0, Number.POSITIVE_INFINITY, ...origins);
  await announceChange(stack, { entity: 'cors', id: 'global' });
}

describe('a page of a registered application', () => {
  it.each(guardedRoutes)('reads what %s %s answers, errors too, and asks first', async (method, url) => {
    const asked = await preflight(stack.app, method, url, 'https://spa.test');
    expect([asked.status, asked.body]).toEqual([204, '']);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': 'https://spa.test',
      'access-control-allow-methods': expect.stringContaining(method),
      'access-control-allow-headers': 'authorization, content-type, dpop, x-api-key, x-request-id',
      'access-control-max-age': '600',
      vary: 'origin',
    });
    const answer = await call(stack.app, method, url, { origin: 'https://spa.test' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body).not.toContain('may not call');
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://spa.test',
      'access-control-expose-headers': 'dpop-nonce, retry-after, www-authenticate, x-gws-user, x-request-id',
      vary: 'origin',
    });
  });

  it.each(tokenRoutes)('asks first, and acts for the user of its token by %s %s', async (method, url) => {
    const asked = await preflight(stack.app, method, url, 'https://spa.test');
    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': 'https://spa.test',
      'access-control-allow-headers': expect.stringContaining('x-api-key'),
    });
    const { access_token: token } = await passwordTokens(stack, spa);
    const answer = await callJson(stack.app, url, { origin: 'https://spa.test', token });
    expect(answer.headers['access-control-allow-origin']).toBe('https://spa.test');
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('learns that nothing is left of a token that is over', async () => {
    const answer = await callJson(stack.app, '/auth/v3/sign-out', {
      origin: 'https://spa.test',
      token: 'over',
    });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, 'https://spa.test']);
  });

  it('asks without credentials how the user of a tenant signs in', async () => {
    const body = { data: { userName: 'agent', tenant: 'acme' } };
    const answer = await callJson(stack.app, '/auth/v3/auth-scheme', { origin: 'https://spa.test', body });
    expect(JSON.parse(answer.body)).toMatchObject({ data: { scheme: 'basic' } });
    expect(answer.headers['access-control-allow-origin']).toBe('https://spa.test');
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('is known however its registration spells the port', async () => {
    expect(await allowedFrom('https://spelled.test')).toBe(true);
  });

  it('is no stranger because somebody else added the first origin', async () => {
    await store('https://first.test');
    await expect.poll(() => allowedFrom('https://first.test')).toBe(true);
    expect(await allowedFrom('https://spa.test')).toBe(true);
    await store();
  });

  it('stops being one when the client goes, at once on the replica and by the change on another', async () => {
    const other = await startAuthApi({ beside: stack });
    try {
      const { clientId } = await createClient(stack, { redirectURIs: ['https://leaving.test/cb'] });
      expect(await allowedFrom('https://leaving.test')).toBe(true);
      await expect.poll(() => allowedFrom('https://leaving.test', other)).toBe(true);
      await opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${clientId}`);
      expect(await allowedFrom('https://leaving.test')).toBe(false);
      await expect.poll(() => allowedFrom('https://leaving.test', other)).toBe(false);
    } finally {
      await other.close();
    }
  });
});

describe('an origin kept by Environment API', () => {
  it('may call as soon as the change is told, and no longer once it is withdrawn', async () => {
    expect(await allowedFrom('https://stored.test')).toBe(false);
    await store('https://stored.test');
    await expect.poll(() => allowedFrom('https://stored.test')).toBe(true);
    await store();
    await expect.poll(() => allowedFrom('https://stored.test')).toBe(false);
  });

  it('is asked for once, however many pages call', async () => {
    await store('https://many.test');
    await expect.poll(() => allowedFrom('https://many.test')).toBe(true);
    const questions = () => stack.environmentApi.asked.filter(({ path }) => path.endsWith('/cors')).length;
    const before = questions();
    await Promise.all(Array.from({ length: 20 }, () => from('https://many.test')));
    await Promise.all(Array.from({ length: 20 }, (_, index) => from(`https://stranger${index}.test`)));
    expect(questions()).toBe(before);
    await store();
  });
});

describe('who needs no permission', () => {
  it('programs, which name no origin, get the answer they always got', async () => {
    const answer = await call(stack.app, 'POST', '/auth/v3/oauth/token');
    expect(answer.status).toBe(401);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['vary']).toBe('origin');
  });

  it('pages of our own, behind any proxy', async () => {
    expect(await allowedFrom(publicUrl)).toBe(true);
    const own = await call(stack.app, 'GET', '/auth/v3/ping', {
      origin: publicUrl,
      host: 'gauth-auth:8080',
      'sec-fetch-site': 'same-origin',
    });
    expect(own.body).toContain('no live session');
  });

  it('anybody, for the keys and the discovery documents', async () => {
    for (const url of [
      '/auth/v3/oauth/jwks',
      '/auth/v3/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/auth/v3',
    ]) {
      const answer = await call(stack.app, 'GET', url, { origin: 'https://anybody.test' });
      expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, '*']);
      const asked = await preflight(stack.app, 'GET', url, 'https://anybody.test');
      expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([204, '*']);
      expect(asked.headers['access-control-allow-headers']).toContain('mcp-protocol-version');
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    }
  });
});

it('OPTIONS that is no preflight is a method that no endpoint has', async () => {
  expect((await call(stack.app, 'OPTIONS', '/auth/v3/oauth/token')).status).toBe(405);
});
