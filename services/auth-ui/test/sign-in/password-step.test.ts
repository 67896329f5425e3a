import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApiStandIn, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp, formPost } from '../test-app.ts';

let authApi: AuthApiStandIn;
let app: App;

beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  app = await buildTestApp({ authApiUrl: authApi.url });
});

beforeEach(() => {
  authApi.scheme = 'basic';
  authApi.isReleaseBefore = false;
  authApi.calls.length = 0;
});

afterAll(async () => {
  await app.close();
  await authApi.close();
});

describe('second step', () => {
  it('asks for the password, shows who signs in, and posts to Auth API with all it needs', async () => {
    authApi.hold({ id: 'second' });
    const page = await app.inject(formPost({ username: ' maria ', tenant: 'nordic', interaction: 'second' }));
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('<form class="form" method="post" action="/auth/v3/sign-in">');
    expect(page.body).toMatch(
      /name="password" type="password" autocomplete="current-password"[^>]* required[^>]* autofocus/,
    );
    expect(page.body).toMatch(/type="text" name="username" autocomplete="username" value="maria" readonly/);
    for (const field of [
      'name="tenant" value="nordic"',
      'name="interaction" value="second"',
      'name="csrf" value="csrf-of-second"',
    ]) {
      expect(page.body).toContain(field);
    }
    expect(page.body).toContain('<span class="person-name">maria</span>');
    expect(authApi.calls.at(-1)?.body).toEqual({ data: { userName: 'maria', tenant: 'nordic' } });
  });

  it('asks Auth API once for all that it shows', async () => {
    authApi.hold({ id: 'once' });
    await app.inject(formPost({ username: 'maria', tenant: 'nordic', interaction: 'once' }));
    expect(authApi.calls.map(({ path }) => path)).toEqual(['/auth/v3/internal/interactions/once']);
    expect(authApi.calls[0]?.headers).toMatchObject({ 'x-gatehouse-visitor-address': '127.0.0.1' });
  });

  it('works beside an Auth API of the release before, which is asked twice', async () => {
    authApi.hold({ id: 'former' });
    authApi.isReleaseBefore = true;
    const page = await app.inject(formPost({ username: 'maria', tenant: 'nordic', interaction: 'former' }));
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('name="csrf" value="csrf-of-former"');
    expect(authApi.calls.at(-1)).toMatchObject({
      path: '/auth/v3/internal/auth-scheme',
      body: { data: { userName: 'maria', tenant: 'nordic' } },
    });
  });

  it('asks nothing about a person for the form of another site', async () => {
    authApi.hold({ id: 'foreign' });
    const form = { username: 'maria', tenant: 'nordic', interaction: 'foreign' };
    const page = await app.inject(formPost(form, { 'sec-fetch-site': 'cross-site' }));
    expect(page.statusCode).toBe(403);
    expect(authApi.calls.map(({ body }) => body ?? undefined)).toEqual([undefined]);
  });

  it('shows nothing of a login that is gone or belongs to another browser', async () => {
    authApi.hold({ id: 'of-another' });
    const statusOf = async (interaction: string, headers?: Record<string, string>) =>
      (await app.inject(formPost({ username: 'maria', interaction }, headers))).statusCode;
    expect(await statusOf('of-another')).toBe(200);
    expect(await statusOf('of-another', { cookie: 'gatehouse-browser=another' })).toBe(410);
    expect(await statusOf('gone')).toBe(410);
  });

  it('does not show a tenant that the application hides', async () => {
    authApi.hold({ id: 'hiding', hideTenant: true, contactCenterHint: 'nordic' });
    const page = await app.inject(formPost({ username: 'maria', tenant: 'nordic', interaction: 'hiding' }));
    expect(page.body).not.toContain('person-tenant');
    expect(page.body).toContain('name="tenant" value="nordic"');
  });

  it('leaves an empty tenant out of the question, so that the installation may have a default', async () => {
    await app.inject(formPost({ username: 'nordic\\maria' }));
    expect(authApi.calls.at(-1)?.body).toEqual({ data: { userName: 'nordic\\maria' } });
  });

  it('has no token without an interaction, and keeps the Origin that is checked instead', async () => {
    const page = await app.inject(formPost({ username: 'maria' }));
    expect(page.body).not.toContain('name="csrf"');
    expect(page.headers['referrer-policy']).toBe('same-origin');
  });

  it('leads back to the first step with what was typed', async () => {
    authApi.hold({ id: 'back' });
    const page = await app.inject(
      formPost({ username: 'maria', tenant: 'nordic', interaction: 'back', step: 'name' }),
    );
    expect(page.statusCode).toBe(200);
    expect(page.body).toMatch(/name="username"[^>]* value="maria"/);
    expect(page.body).toMatch(/name="tenant"[^>]* value="nordic"/);
  });

  it('asks for the tenant when Auth API says that the name alone leads nowhere', async () => {
    authApi.scheme = 400;
    authApi.hold({ id: 'nameless' });
    for (const waiting of [{}, { interaction: 'nameless' }]) {
      const page = await app.inject(formPost({ username: 'maria', ...waiting }));
      expect(page.statusCode).toBe(400);
      expect(page.body).toContain('Enter your tenant. Your administrator knows its name.');
      expect(page.body).toMatch(/name="tenant"[^>]* aria-describedby="tenant-hint tenant-problem"/);
    }
  });

  it.each([
    [429, 429, 'Too many attempts'],
    [503, 503, 'Sign-in is not available right now'],
    [500, 503, 'Sign-in is not available right now'],
    [401, 500, 'Something went wrong'],
  ])('answers %i of Auth API with a page and status %i', async (given, shown, title) => {
    authApi.scheme = given;
    authApi.hold({ id: 'failing' });
    for (const waiting of [{}, { interaction: 'failing' }]) {
      const page = await app.inject(formPost({ username: 'maria', tenant: 'nordic', ...waiting }));
      expect(page.statusCode).toBe(shown);
      expect(page.body).toContain(title);
    }
  });
});
