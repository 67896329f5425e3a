import type { App } from '@gatehouse/service-kit/http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApiStandIn, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp, formPost, pageGet } from '../test-app.ts';

let authApi: AuthApiStandIn;
let app: App;

beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  app = await buildTestApp({ authApiUrl: authApi.url });
});
afterEach(() => {
  authApi.scheme = 'basic';
});
afterAll(async () => {
  await app.close();
  await authApi.close();
});

const typed = { username: 'ada', tenant: 'acme & sons' };
const onward = '/auth/v3/sso/start?interaction=one&amp;tenant=acme+%26+sons&amp;login_hint=ada';

describe('a contact centre with an identity provider', () => {
  it.each(['saml', 'oidc'] as const)('leads on to it after the first step: %s', async (scheme) => {
    const { csrf } = authApi.hold({ id: 'one' });
    authApi.scheme = scheme;
    const page = await app.inject(formPost({ ...typed, interaction: 'one', csrf }));
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain(`<meta http-equiv="refresh" content="0; url=${onward}">`);
    expect(page.body).toContain(`<a class="button" href="${onward}">Continue</a>`);
    expect(page.body).not.toContain('type="password"');
  });

  it('lets accounts that keep their password come in by an address of their own', async () => {
    authApi.scheme = 'oidc';
    const first = await app.inject(pageGet('/auth/sign-in.html?scheme=password'));
    expect(first.body).toContain('<input type="hidden" name="scheme" value="password">');
    const second = await app.inject(formPost({ ...typed, scheme: 'password' }));
    expect(second.body).toContain('type="password"');
  });
});

describe('when single sign-on did not work out', () => {
  it.each([
    ['sso_unavailable', 'Your organisation’s sign-in cannot be reached'],
    ['sso_refused', 'Your organisation did not sign you in'],
    ['sso_failed', 'The answer of your organisation could not be accepted'],
    ['sso_clock', 'The clocks do not agree'],
    ['sso_not_fresh', 'You were to sign in once more'],
    ['sso_no_account', 'You have no access here'],
  ] as const)('one page says it in plain words, with a reference and ways on: %s', async (error, title) => {
    authApi.hold({
      id: 'one',
      error,
      correlationId: 'ref-1',
      userName: 'ada',
      contactCenterHint: 'acme & sons',
    });
    const page = await app.inject(pageGet('/auth/sign-in.html?error&interaction=one'));
    expect(page.body).toContain(title);
    expect(page.body).toContain('<code>ref-1</code>');
    // Whom the identity provider knows already has no account here: it must ask.
    const again = error === 'sso_no_account' ? `${onward}&amp;again=true` : onward;
    expect(page.body).toContain(`<a class="button" href="${again}">Try again</a>`);
    expect(page.body).toContain('href="/auth/sign-in.html?interaction=one&amp;scheme=password"');
    expect(page.body).toContain('href="/auth/sign-in.html?interaction=one&amp;step=name"');
  });

  it('the way to another account leads to the first step, not back to the problem', async () => {
    authApi.hold({ id: 'one', error: 'sso_no_account' });
    const page = await app.inject(pageGet('/auth/sign-in.html?interaction=one&step=name'));
    expect(page.body).toContain('name="username"');
  });

  it('works without an application; a reference that is none is not shown', async () => {
    const page = await app.inject(pageGet('/auth/sign-in.html?error=sso_failed&reference=req-7'));
    expect(page.body).toContain('<code>req-7</code>');
    const forged = await app.inject(pageGet('/auth/sign-in.html?error=sso_failed&reference=call%20555-1234'));
    expect(forged.statusCode).toBe(400);
  });
});
