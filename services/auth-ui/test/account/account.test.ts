import type { App } from '@gatehouse/service-kit/http/app-type';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceOf } from '../../src/account/device.ts';
import { type AuthApiStandIn, sessionCookie, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp, formPost, pageGet } from '../test-app.ts';

const signedIn = { cookie: `gatehouse-session=${sessionCookie}; other=1` };
const phone = '00000000-0000-4000-8000-000000000001';

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

const end = (session: string, headers: Record<string, string> = {}) =>
  app.inject({ ...formPost({ session }, { ...signedIn, ...headers }), url: '/auth/account/end-session' });

describe('the account page', () => {
  it('shows who is signed in where, this device first, with a way to end each session and all of them', async () => {
    const { statusCode, body } = await app.inject(pageGet('/auth/account', signedIn));

    expect(statusCode).toBe(200);
    expect(body).toContain('Maria Berg');
    expect(body).toContain('nordic\\maria');
    const devices = [...body.matchAll(/session-device">([^<]+)/g)].map(([, device]) => device?.trim());
    expect(devices).toEqual([
      'Firefox on Windows',
      'A device that did not say what it is',
      'Edge on Windows',
      'Safari on iPhone',
    ]);
    expect(body).toContain('Signed in 2 hours ago');
    expect(body).toContain('Last used 12 minutes ago');
    expect(body).toContain('Last used 2 days ago');
    expect(body).toContain('Agent Workspace and Dashboards');
    expect(body).toContain('name="global" value="true"');
    const asked = authApi.calls.findLast(({ path }) => path === '/auth/v3/sessions');
    expect(asked?.headers).not.toHaveProperty('authorization');
    expect(asked?.headers['cookie']).toBe(`gatehouse-session=${sessionCookie}`);
  });

  it('says it in the language of the reader', async () => {
    const { body } = await app.inject(
      pageGet('/auth/account?ended=1', { ...signedIn, 'accept-language': 'de' }),
    );

    expect(body).toContain('Zuletzt benutzt vor 12 Minuten');
    expect(body).toContain('Das Gerät ist abgemeldet');
  });

  it('ends another session, and says so', async () => {
    const answer = await end(phone);

    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/auth/account?ended=1']);
    expect((await app.inject(pageGet('/auth/account', signedIn))).body).not.toContain('iPhone');
    expect((await end(phone)).headers.location).toBe('/auth/account?ended=1');
  });

  it('leads a browser without a session to the sign-in page', async () => {
    for (const cookie of ['', 'gatehouse-session=ended']) {
      const page = await app.inject(pageGet('/auth/account', { cookie }));
      const ended = await end(phone, { cookie });
      expect([page.headers.location, ended.headers.location]).toEqual(Array(2).fill('/auth/sign-in.html'));
    }
  });

  it('45: ends nothing for a form of another site', async () => {
    const before = authApi.calls.length;

    expect((await end(phone, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    expect((await end('everything')).statusCode).toBe(400);
    expect(authApi.calls.slice(before)).toEqual([]);
  });
});

it.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
    'Chrome',
    'Linux',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    'Safari',
    'macOS',
  ],
  [
    'Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36',
    'Samsung Internet',
    'Android',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1',
    'Chrome',
    'iPad',
  ],
  ['curl/8.5.0', undefined, undefined],
])('%s is %s on %s', (userAgent, browser, system) => {
  expect(deviceOf(userAgent)).toEqual({ browser, system });
});

describe('the box to stay signed in', () => {
  it.each([
    [undefined, false, false],
    ['offered', true, false],
    ['chosen', true, true],
  ] as const)(
    'is there where it is offered, and as it was left (%s)',
    async (remember, isThere, isChecked) => {
      const id = `remember-${remember}`;
      authApi.hold({ id, error: 'bad_credentials', userName: 'maria', ...(remember ? { remember } : {}) });

      const { body } = await app.inject(pageGet(`/auth/sign-in.html?error&interaction=${id}`));

      expect(body.includes('name="remember"')).toBe(isThere);
      expect(/name="remember" value="true" checked/.test(body)).toBe(isChecked);
    },
  );
});
