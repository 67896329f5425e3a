import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceText } from '../../src/pages/device.ts';
import { textsIn } from '../../src/texts/texts.ts';
import {
  type AuthApiStandIn,
  accessToken,
  accountCookie,
  startAuthApiStandIn,
} from '../auth-api-stand-in.ts';
import { buildTestApp, formPost, pageGet, publicUrl } from '../test-app.ts';

const phone = '00000000-0000-4000-8000-000000000001';
const csrf = 'csrf-of-the-session';

let authApi: AuthApiStandIn;
let app: App;
let signedIn: { cookie: string };
beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  app = await buildTestApp({ authApiUrl: authApi.url });
  signedIn = { cookie: `gatehouse-console=${await accountCookie()}; other=1` };
});
afterAll(async () => {
  await app.close();
  await authApi.close();
});

const open = (url: string, headers: Record<string, string> = {}) =>
  app.inject(pageGet(url, { ...signedIn, ...headers }));

const send = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  app.inject({ ...formPost({ csrf, ...fields }, { ...signedIn, ...headers }), url });

const end = (session: string, headers: Record<string, string> = {}) =>
  send('/auth/account/sessions/end', { session }, headers);

describe('the first page of the account', () => {
  it('says who the person is here, by the token of the person alone', async () => {
    const { statusCode, body, headers } = await open('/auth/account');

    expect(statusCode).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    for (const words of ['Maria Berg', 'nordic\\maria', 'maria.berg@nordic.example', 'Nordic Support'])
      expect(body).toContain(words);
    for (const link of ['/auth/account/sessions', '/auth/account/applications', '/auth/account/language'])
      expect(body).toContain(`href="${link}"`);
    for (const link of ['/auth/change-password.html', '/auth/approvals'])
      expect(body).toContain(`href="${link}"`);
    expect(body).toContain('action="/auth/account/sign-out"');
    const asked = authApi.calls.findLast(({ path }) => path === '/auth/v3/sessions');
    expect(asked?.headers['authorization']).toBe(`Bearer ${accessToken}`);
    expect(asked?.headers).not.toHaveProperty('cookie');
  });
});

describe('the page of sessions', () => {
  it('shows who is signed in where, this device first, with a way to end each session and all of them', async () => {
    const { body } = await open('/auth/account/sessions');

    const devices = [...body.matchAll(/session-device">([^<]+)/g)].map(([, device]) => device?.trim());
    expect(devices).toEqual([
      'Firefox on Windows',
      'A device that did not say what it is',
      'Microsoft Edge on Windows',
      'Safari on iPhone',
    ]);
    expect(body).toContain('Signed in 2 hours ago');
    expect(body).toContain('Last used 12 minutes ago');
    expect(body).toContain('Last used 2 days ago');
    expect(body).toContain('198.51.100.7');
    expect(body).toContain('Agent Workspace and Dashboards');
    expect(body).toContain('name="everywhere" value="true"');
    expect(body.match(/name="csrf" value="csrf-of-the-session"/g)).toHaveLength(6);
  });

  it('says it in the language of the reader', async () => {
    const { body } = await open('/auth/account/sessions?ended=one', { 'accept-language': 'de' });

    expect(body).toContain('Zuletzt benutzt vor 12 Minuten');
    expect(body).toContain('Das Gerät ist abgemeldet');
  });

  it('ends another session, and says so', async () => {
    const answer = await end(phone);

    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/auth/account/sessions?ended=one']);
    expect((await open('/auth/account/sessions')).body).not.toContain('iPhone');
    expect((await end(phone)).headers.location).toBe('/auth/account/sessions?ended=one');
  });

  it('ends all others at once, and then offers that no more', async () => {
    const answer = await send('/auth/account/sessions/end-others', {});

    expect(answer.headers.location).toBe('/auth/account/sessions?ended=others');
    const { body } = await open('/auth/account/sessions?ended=others');
    expect(body.match(/session-device/g)).toHaveLength(1);
    expect(body).toContain('All other devices are signed out');
    expect(body).toContain('You are signed in on no other device.');
    expect(body).not.toContain('end-others');
  });
});

describe('the page of applications', () => {
  it('says what each may do, as the consent page did, and since when', async () => {
    const { body } = await open('/auth/account/applications');

    expect(body).toContain('Agent Workspace');
    expect(body).toContain('<li>know that it is you</li>');
    expect(body).toContain('<code>calls:read</code>');
    expect(body).toContain('href="https://workspace.example.com/login?iss=https%3A%2F%2Flogin.example.com"');
    expect(body.match(/aria-label="Open /g)).toHaveLength(1);
    expect(body).toContain('Allowed 3 days ago · Last used 2 hours ago');
    expect(body).toMatch(/Allowed last month<\/p>|Allowed 40 days ago<\/p>/);
  });

  it('takes it back after a question that says what ends', async () => {
    const question = await open('/auth/account/applications/take-back?client=wallboard');
    expect(question.body).toContain('Take back what you allowed Wallboard?');
    expect(question.body).toContain('Wallboard is signed out of your account on every device');
    expect((await open('/auth/account/applications')).body).toContain('Wallboard');

    const answer = await send('/auth/account/applications/take-back', { client: 'wallboard' });

    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/auth/account/applications?taken=1']);
    const { body } = await open('/auth/account/applications?taken=1');
    expect(body).not.toContain('Wallboard');
    expect(body).toContain('The application may do nothing for you any more');
    const again = await open('/auth/account/applications/take-back?client=wallboard');
    expect(again.headers.location).toBe('/auth/account/applications');
  });

  it('says what it is for where nothing was allowed', async () => {
    await send('/auth/account/applications/take-back', { client: 'workspace' });
    expect((await open('/auth/account/applications')).body).toContain('Those that you allow appear here.');
  });
});

it('offers the ten languages on a page of their own, the current one marked', async () => {
  const { body } = await open('/auth/account/language');
  const list = body.slice(body.indexOf('language-choices'), body.indexOf('</main>'));
  const choices = list.slice(0, list.indexOf('</ul>'));
  expect(choices.match(/href="\/auth\/account\/language\?language=/g)).toHaveLength(10);
  expect(choices).toContain('lang="en" hreflang="en" rel="nofollow" aria-current="true"');
});

describe('a browser without a session', () => {
  it('signs in at Auth API as the client of the console, and comes back to the page', async () => {
    for (const cookie of ['', 'gatehouse-console=made-up', 'gatehouse-session=of-this-browser']) {
      const { statusCode, headers } = await open('/auth/account/sessions', { cookie });
      expect(statusCode).toBe(303);
      const target = new URL(String(headers.location));
      expect(target.pathname).toBe('/auth/v3/oauth/authorize');
      expect(target.searchParams.get('client_id')).toBe('gatehouse-console');
      expect(target.searchParams.get('redirect_uri')).toBe(`${publicUrl}/auth/account/callback`);
    }
  });

  it('is told that its form was not sent', async () => {
    const before = authApi.calls.length;
    expect((await end(phone, { cookie: '' })).statusCode).toBe(401);
    expect(authApi.calls.slice(before)).toEqual([]);
  });

  it('is one whose session was ended elsewhere', async () => {
    const cookie = `gatehouse-console=${await accountCookie({ accessToken: 'ended' })}`;
    const { statusCode, headers } = await open('/auth/account', { cookie });
    expect([statusCode, new URL(String(headers.location)).pathname]).toEqual([
      303,
      '/auth/v3/oauth/authorize',
    ]);
  });

  it('is not that of the operator account, which is told why and keeps its session', async () => {
    const operator = { sub: 'operator:ops', linkRequest: 'request' };
    const cookie = `gatehouse-console=${await accountCookie(operator)}`;
    const { statusCode, body, headers } = await open('/auth/account', { cookie });
    expect(statusCode).toBe(403);
    expect(body).toContain('The operator account has no such page');
    expect(body).toContain('href="/auth/console"');
    expect(headers).not.toHaveProperty('set-cookie');
  });
});

describe('45: a form of the account', () => {
  // attack: form of another site that ends sessions or takes consents back | CWE-352 | guard: services/auth-ui/src/oauth-session/guard.ts
  it.each([
    ['/auth/account/sessions/end', { session: phone }],
    ['/auth/account/sessions/end-others', {}],
    ['/auth/account/applications/take-back', { client: 'workspace' }],
    ['/auth/account/sign-out', { everywhere: 'true' }],
  ])('does nothing at %s from another site or without the token of the session', async (url, fields) => {
    const before = authApi.calls.length;

    expect((await send(url, fields, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    expect((await send(url, { ...fields, csrf: 'guessed' })).statusCode).toBe(403);
    // The page that refuses looks like the others.
    const calls = authApi.calls.slice(before).map(({ path }) => path.split('?', 1)[0]);
    expect(calls.filter((path) => path !== '/auth/v3/internal/branding')).toEqual([]);
  });

  it('is refused for what is no session', async () => {
    const before = authApi.calls.length;
    expect((await end('everything')).statusCode).toBe(400);
    // The branding is read anew when its time is over, whatever is asked.
    const calls = authApi.calls.slice(before).map(({ path }) => path);
    expect(calls.filter((path) => path !== '/auth/v3/internal/branding')).toEqual([]);
  });
});

it.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
    'Chrome on Linux',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    'Safari on macOS',
  ],
  [
    'Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36',
    'Samsung Internet on Android',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1',
    'Chrome on iPad',
  ],
  ['curl/8.5.0', 'curl/8.5.0'],
  [`Phone ${'x'.repeat(100)}`, `Phone ${'x'.repeat(54)}…`],
])('%s is %s', (userAgent, device) => {
  expect(deviceText(textsIn('en'), userAgent)).toBe(device);
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
