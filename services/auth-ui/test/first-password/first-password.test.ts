/** The page where the link for a first password leads. */
import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApiStandIn, firstPasswordCode, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp, pageGet } from '../test-app.ts';

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

const get = (query: string) => app.inject(pageGet(`/auth/first-password?${query}`));

describe('the page for a first password', () => {
  it('says whose it is and asks twice for it, by a form that needs no script', async () => {
    const { statusCode, body, headers } = await get(`code=${firstPasswordCode}`);
    expect(statusCode).toBe(200);
    expect(body).toContain('<form class="form" method="post" action="/auth/v3/first-password">');
    expect(body).toContain(`<input type="hidden" name="code" value="${firstPasswordCode}">`);
    expect(body).toContain('autocomplete="username" value="maria.berg"');
    expect(body).toContain('Tenant: <bdi>nordic</bdi>');
    expect(body).toMatch(/name="newPassword" type="password" autocomplete="new-password"/);
    expect(body).toMatch(/name="newPasswordAgain" type="password" autocomplete="new-password"/);
    expect(body).not.toContain('role="alert"');
    expect(headers['cache-control']).toBe('no-store');
  });

  // attack: read the code of a first-password link in a Referer | RFC 9700 4.2.4 | guard: services/auth-ui/src/pages/security-headers.ts
  it('tells nobody its address, not even the service itself', async () => {
    const { headers } = await get(`code=${firstPasswordCode}`);
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it('asks Auth API for the link in a body, never in an address', async () => {
    authApi.calls.length = 0;
    await get(`code=${firstPasswordCode}`);
    expect(authApi.calls.map(({ path }) => path)).toEqual(['/auth/v3/internal/first-password']);
  });

  it.each([
    ['error=password_policy&rules=min-length+user-name+%3Cb%3E', 'Use more characters.'],
    ['error=passwords_differ', 'The two new passwords are not the same.'],
    ['error=password_change_unavailable', 'Passwords cannot be changed at the moment'],
    ['error=throttled', 'Too many'],
    ['error=try_again', 'We do not know whether your password was set'],
  ])('explains %s', async (query, text) => {
    const { body } = await get(`${query}&code=${firstPasswordCode}`);
    expect(body).toContain(text);
    expect(body).toContain('role="alert"');
    expect(body).toContain('name="newPassword"');
    expect(body).not.toContain('<b>');
  });

  it.each([
    'code=gone',
    `code=${'x'.repeat(43)}`,
    `code=${'x'.repeat(500)}`,
    'code=%00',
    '',
    'error=link_over',
    `error=link_over&code=${firstPasswordCode}`,
  ])('says of a link that is over that it is (%j)', async (query) => {
    const { statusCode, body } = await get(query);
    expect(statusCode).toBe(200);
    expect(body).toContain('This link cannot be used any more');
    expect(body).not.toContain('<form');
  });

  it('says when the password is set', async () => {
    const { body } = await get('result=done');
    expect(body).toContain('Your password is set');
    expect(body).not.toContain('<form');
  });
});
