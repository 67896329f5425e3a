import { freePort } from '@gatehouse/testing/network';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp } from '../test-app.ts';

const links = {
  GATEHOUSE_FRONT_PAGE_DOCUMENTATION_URL: 'https://wiki.example.com/gatehouse',
  GATEHOUSE_FRONT_PAGE_PLAYGROUND_URL: 'http://127.0.0.1:8091',
};

let authApi: Awaited<ReturnType<typeof startAuthApiStandIn>>;
let app: Awaited<ReturnType<typeof buildTestApp>>;

beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  app = await buildTestApp({ authApiUrl: authApi.url, env: links });
});

afterAll(async () => {
  await app.close();
  await authApi.close();
});

describe('the address of the public host', () => {
  it('says what runs there, and links console, playground, documentation, metadata and health', async () => {
    const page = await app.inject('/?utm=x');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).toContain('Gatehouse runs here');
    expect(page.body).toContain('http://127.0.0.1:8080/auth/v3');
    for (const href of [
      ...Object.values(links),
      '/auth/account',
      '/auth/console',
      '/auth/health',
      '/auth/v3/.well-known/openid-configuration',
    ])
      expect(page.body).toContain(`href="${href}"`);
  });

  it('links no playground where the operator names none', async () => {
    const plain = await buildTestApp({ authApiUrl: authApi.url });
    const { body } = await plain.inject('/');
    expect(body).not.toContain('playground');
    expect(body).not.toContain('Documentation');
    await plain.close();
  });

  it('speaks the language of the browser', async () => {
    const { body } = await app.inject({ url: '/', headers: { 'accept-language': 'de' } });
    expect(body).toContain('Hier läuft Gatehouse');
  });

  it.each(['/nothing', '/index.html', '/%2F', '/environment/v3'])(
    '%s stays an error in JSON',
    async (url) => {
      const answer = await app.inject(url);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ status: { code: 404, name: 'not_found' } });
    },
  );
});

describe('health', () => {
  it('passes while people can sign in', async () => {
    const answer = await app.inject('/auth/health');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      200,
      'application/health+json; charset=utf-8',
    ]);
    expect([answer.json(), answer.headers['cache-control']]).toEqual([{ status: 'pass' }, 'no-store']);
  });

  it('fails without a word about the reason while they cannot, and the front page says so', async () => {
    const alone = await buildTestApp({ authApiUrl: `http://127.0.0.1:${await freePort()}` });
    const answer = await alone.inject('/auth/health');
    expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toEqual([
      503,
      '2',
      { status: 'fail' },
    ]);
    const page = await alone.inject('/');
    expect([page.statusCode, page.body.includes('Not available')]).toEqual([200, true]);
    await alone.close();
  });

  // attack: load on Auth API by questions that cost the caller nothing | CWE-406, ASVS 15.1.3 | guard: services/auth-ui/src/front-page/health.ts
  it('asks Auth API once for all who ask within a second', async () => {
    const fresh = await buildTestApp({ authApiUrl: authApi.url });
    const before = authApi.calls.length;
    vi.useFakeTimers({ toFake: ['performance'] });
    await Promise.all(Array.from({ length: 50 }, (_, n) => fresh.inject(n % 2 ? '/' : '/auth/health')));
    vi.useRealTimers();
    const asked = authApi.calls.slice(before).map(({ path }) => path);
    // The other one is about the look of the page.
    expect(asked.filter((path) => path !== '/auth/v3/internal/branding')).toHaveLength(1);
    expect(asked.length).toBeLessThanOrEqual(2);
    await fresh.close();
  });
});
