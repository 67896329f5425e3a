import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApiStandIn, startAuthApiStandIn } from '../auth-api-stand-in.ts';
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

const typed = { userName: 'maria', contactCenterHint: 'nordic' };

describe('after a failed attempt', () => {
  it.each([
    ['bad_credentials', 'That did not match'],
    ['account_locked', 'This account is locked'],
    ['account_expired', 'This account has expired'],
    ['too_many_sessions', 'Signed in too many times'],
    ['throttled', 'Too many attempts'],
    ['form_expired', 'This page was open for too long'],
    ['try_again', 'Your password could not be checked'],
    ['credentials_required', 'Something is missing'],
  ] as const)('%s is told as an alert above the password field', async (error, title) => {
    authApi.hold({ id: 'failed', error, ...typed });
    const page = await app.inject(pageGet('/auth/sign-in.html?error&interaction=failed'));
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('role="alert"');
    expect(page.body).toContain(title);
    expect(page.body).toContain('<title>Error: Enter your password');
    expect(page.body).toMatch(/name="password"[^>]* aria-describedby="message"/);
    expect(page.body).toContain('<span class="person-tenant">nordic</span>');
  });

  it('tells how long to wait when the limiter knows', async () => {
    authApi.hold({ id: 'wait', error: 'throttled', retryAfterSeconds: 42, ...typed });
    const { body } = await app.inject(pageGet('/auth/sign-in.html?error&interaction=wait'));
    expect(body).toContain('Wait 42 seconds before you try again.');
  });

  it.each([
    [61, 'Wait 2 minutes before you try again.'],
    [300, 'Wait 5 minutes before you try again.'],
    [1_200, 'Wait 20 minutes before you try again.'],
    [7_200, 'Wait 120 minutes before you try again.'],
    [7_201, 'Wait 3 hours before you try again.'],
    [86_400, 'Wait 24 hours before you try again.'],
  ])('tells a wait of %i seconds in minutes or hours, and whom to call', async (retryAfterSeconds, words) => {
    authApi.hold({ id: 'long', error: 'throttled', retryAfterSeconds, ...typed });
    const { body } = await app.inject(pageGet('/auth/sign-in.html?error&interaction=long'));
    expect(body).toContain(words);
    expect(body).toContain('If you cannot wait, call your administrator.');
  });

  it('names the help of the operator where the page has a link to it', async () => {
    const branding = { links: [{ kind: 'help' as const, url: 'https://help.example.com/' }] };
    authApi.hold({ id: 'helped', error: 'throttled', retryAfterSeconds: 300, branding, ...typed });
    const { body } = await app.inject(pageGet('/auth/sign-in.html?error&interaction=helped'));
    expect(body).toContain('call your administrator: “Help” below says how.');
    expect(body).toContain('href="https://help.example.com/"');
  });

  it('gives a reference only where support can help', async () => {
    const correlationId = '0b5c7f0e-1111-4222-8333-444455556666';
    authApi.hold({ id: 'locked', error: 'account_locked', correlationId, ...typed });
    authApi.hold({ id: 'mistyped', error: 'bad_credentials', correlationId, ...typed });
    const locked = await app.inject(pageGet('/auth/sign-in.html?error&interaction=locked'));
    const mistyped = await app.inject(pageGet('/auth/sign-in.html?error&interaction=mistyped'));
    expect(locked.body).toContain(correlationId);
    expect(mistyped.body).not.toContain(correlationId);
  });

  it('goes back to the first step when the tenant is missing, even where it is hidden otherwise', async () => {
    authApi.hold({ id: 'tenant', error: 'tenant_required', userName: 'maria', hideTenant: true });
    const { body } = await app.inject(pageGet('/auth/sign-in.html?error&interaction=tenant'));
    expect(body).toMatch(/name="tenant"[^>]* aria-invalid="true"[^>]* autofocus/);
  });

  it('starts over when nobody knows who tried', async () => {
    authApi.hold({ id: 'nobody', error: 'form_expired' });
    const { body } = await app.inject(pageGet('/auth/sign-in.html?error&interaction=nobody'));
    expect(body).toContain('This page was open for too long');
    expect(body).toContain('id="username"');
  });

  it.each(['password_change_required', 'password_expired', 'password_policy', 'passwords_differ'] as const)(
    '%s leads to the page for a new password',
    async (error) => {
      authApi.hold({ id: 'change', error, ...typed });
      const answer = await app.inject(pageGet('/auth/sign-in.html?error&interaction=change'));
      expect([answer.statusCode, answer.headers.location]).toEqual([
        303,
        '/auth/change-password.html?interaction=change',
      ]);
    },
  );

  it.each([
    ['', 'You could not be signed in'],
    ['=bad_credentials', 'That did not match'],
    ['=%3Cscript%3E', 'You could not be signed in'],
  ])('without an application ?error%s is told on the first step', async (value, title) => {
    const page = await app.inject(pageGet(`/auth/sign-in.html?error${value}`));
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain(title);
    expect(page.body).not.toContain('<script>');
  });
});
