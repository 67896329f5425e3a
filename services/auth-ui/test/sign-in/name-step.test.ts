import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApiStandIn, browserCookie, startAuthApiStandIn } from '../auth-api-stand-in.ts';
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

describe('first step', () => {
  it('asks for user name and tenant and names the application', async () => {
    authApi.hold({ id: 'first' });
    const page = await app.inject(pageGet('/auth/sign-in.html?interaction=first'));
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('to continue to Agent Workspace');
    expect(page.body).toMatch(
      /<input id="username" name="username" type="text" autocomplete="username"[^>]* required/,
    );
    expect(page.body).toMatch(/<input id="tenant" name="tenant" type="text" autocomplete="organization"/);
    expect(page.body).toContain('<input type="hidden" name="interaction" value="first">');
    expect(page.body).not.toContain('type="password"');
  });

  it('forwards the binding cookie and the request id, and nothing else of the browser', async () => {
    authApi.hold({ id: 'forward' });
    await app.inject(
      pageGet('/auth/sign-in.html?interaction=forward', { 'x-request-id': 'request-of-the-test' }),
    );
    const call = authApi.calls.findLast(({ path }) => path.endsWith('/forward'));
    expect(call?.headers).toMatchObject({
      'x-gatehouse-browser': browserCookie,
      'x-request-id': 'request-of-the-test',
    });
    expect(call?.headers).not.toHaveProperty('cookie');
  });

  it('says for whom it asks how they sign in: the question is counted for their address', async () => {
    await app.inject({
      ...formPost({ username: 'maria', tenant: 'nordic' }),
      remoteAddress: '203.0.113.77',
    });
    const call = authApi.calls.findLast(({ path }) => path.endsWith('/auth-scheme'));
    expect(call?.headers).toMatchObject({ 'x-gatehouse-visitor-address': '203.0.113.77' });
  });

  it('shows a page when they ask too often', async () => {
    authApi.scheme = 429;
    const page = await app.inject(formPost({ username: 'maria', tenant: 'nordic' }));
    authApi.scheme = 'basic';
    expect(page.statusCode).toBe(429);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['retry-after']).toBeDefined();
  });

  it('reads the binding cookie under its __Host- name where the public URL is https', async () => {
    const secure = await buildTestApp({ authApiUrl: authApi.url, publicUrl: 'https://login.example.com' });
    authApi.hold({ id: 'secure' });
    const url = '/auth/sign-in.html?interaction=secure';
    const plain = await secure.inject(pageGet(url));
    const prefixed = await secure.inject(
      pageGet(url, { cookie: `__Host-gatehouse-browser=${browserCookie}` }),
    );
    expect([plain.statusCode, prefixed.statusCode]).toEqual([410, 200]);
    await secure.close();
  });

  it('works without an application', async () => {
    const page = await app.inject(pageGet('/auth/sign-in.html'));
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toContain('name="interaction"');
    expect(page.body).not.toContain('to continue to');
  });

  it('fills in the login hint and starts in the tenant field', async () => {
    authApi.hold({ id: 'hint', userName: 'maria' });
    const { body } = await app.inject(pageGet('/auth/sign-in.html?interaction=hint'));
    expect(body).toMatch(/name="username"[^>]* value="maria"/);
    expect(body).toMatch(/name="tenant"[^>]* autofocus/);
  });

  it.each([
    ['hideTenant without a hint', { hideTenant: true }, ''],
    ['hideTenant with a hint', { hideTenant: true, contactCenterHint: 'nordic' }, 'nordic'],
    ['a tenant that the application knows', { contactCenterHint: 'nordic' }, 'nordic'],
  ])('hides the tenant for %s', async (_case, view, tenant) => {
    authApi.hold({ id: 'hidden', ...view });
    const { body } = await app.inject(pageGet('/auth/sign-in.html?interaction=hidden'));
    expect(body).not.toContain('id="tenant"');
    expect(body).toContain(`<input type="hidden" name="tenant" value="${tenant}">`);
  });

  it('speaks the language that the application asks for, before the one of the browser', async () => {
    authApi.hold({ id: 'german', uiLocales: 'de-DE' });
    const page = await app.inject(
      pageGet('/auth/sign-in.html?interaction=german', { 'accept-language': 'en' }),
    );
    expect(page.body).toContain('<html lang="de">');
    expect(page.body).toContain('Benutzername');
    expect(page.headers['content-language']).toBe('de');
  });

  it('speaks the language of the browser otherwise', async () => {
    const page = await app.inject(pageGet('/auth/sign-in.html', { 'accept-language': 'de-AT,de;q=0.9' }));
    expect(page.body).toContain('<html lang="de">');
  });

  it('asks again when no user name was typed, and keeps the tenant', async () => {
    const page = await app.inject(formPost({ username: '  ', tenant: 'nordic' }));
    expect(page.statusCode).toBe(400);
    expect(page.body).toContain('Enter your user name.');
    expect(page.body).toMatch(
      /name="username"[^>]* aria-invalid="true" aria-describedby="username-problem" autofocus/,
    );
    expect(page.body).toMatch(/name="tenant"[^>]* value="nordic"/);
    expect(page.body).toContain('<title>Error: Sign in');
  });

  it.each(['/auth', '/auth/'])('%s leads to the sign-in page', async (url) => {
    const answer = await app.inject(pageGet(url));
    expect([answer.statusCode, answer.headers.location]).toEqual([302, '/auth/sign-in.html']);
  });
});
