import { Writable } from 'node:stream';
import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApiStandIn, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp, formPost, pageGet, publicUrl } from '../test-app.ts';

let authApi: AuthApiStandIn;
let app: App;
let logged = '';

beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  authApi.hold({ id: 'known' });
  const log = new Writable({
    write(chunk, _encoding, done) {
      logged += String(chunk);
      done();
    },
  });
  app = await buildTestApp({ authApiUrl: authApi.url, log });
});

afterAll(async () => {
  await app.close();
  await authApi.close();
});

function directivesOf(policy: unknown): Map<string, string> {
  return new Map(
    String(policy)
      .split(';')
      .map((directive) => directive.trim().split(/ (.*)/s) as [string, string]),
  );
}

describe('what a browser may do with a page', () => {
  const pages = [
    '/auth/sign-in.html',
    '/auth/sign-in.html?interaction=known',
    '/auth/change-password.html?interaction=known',
    '/auth/first-password?code=known',
    '/auth/signed-out.html',
    '/auth/nothing-here',
    '/auth/sign-in.html?interaction=gone',
  ];

  it.each(pages)(
    'threat 13: %s cannot be framed, loads nothing from others and leaks no address',
    async (url) => {
      const { headers } = await app.inject(pageGet(url));
      const policy = directivesOf(headers['content-security-policy']);
      expect(policy.get('default-src')).toBe("'none'");
      expect(policy.get('frame-ancestors')).toBe("'none'");
      expect(policy.get('base-uri')).toBe("'none'");
      expect(policy.has('upgrade-insecure-requests')).toBe(false);
      expect(String(headers['content-security-policy'])).not.toMatch(
        /unsafe|\*|https?:\/\/(?!workspace\.example\.com)/,
      );
      expect(headers['x-frame-options']?.toString().toUpperCase()).toBe('DENY');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toMatch(/^(no-referrer|same-origin)$/);
      expect(headers).toMatchObject({
        'cross-origin-resource-policy': 'same-origin',
        'origin-agent-cluster': '?1',
        'x-dns-prefetch-control': 'off',
        'x-download-options': 'noopen',
        'x-permitted-cross-domain-policies': 'none',
        'x-xss-protection': '0',
      });
    },
  );

  it('threat 13: the pages of an authorization send no Referer at all', async () => {
    const { headers } = await app.inject(pageGet('/auth/sign-in.html?interaction=known'));
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it.each(pages)('threat 73: %s is never cached', async (url) => {
    expect((await app.inject(pageGet(url))).headers['cache-control']).toBe('no-store');
  });

  it('threat 11: no script runs without the nonce of its response, and none is written into a page', async () => {
    const first = await app.inject(formPost({ username: 'maria', interaction: 'known' }));
    const second = await app.inject(formPost({ username: 'maria', interaction: 'known' }));
    const scriptSource = directivesOf(first.headers['content-security-policy']).get('script-src');
    expect(scriptSource).toMatch(/^'nonce-[\w-]{22}'$/);
    expect(scriptSource).not.toBe(directivesOf(second.headers['content-security-policy']).get('script-src'));
    expect(first.body).toContain(`nonce="${scriptSource?.slice(7, -1)}"`);
    expect(first.body).not.toMatch(/<script(?![^>]* src=)|\son[a-z]+=|\sstyle=|javascript:/i);
  });

  it('threat 11: forms may lead to ourselves and the waiting application, each login to its own', async () => {
    authApi.hold({ id: 'elsewhere', redirectOrigin: 'http://localhost:9400' });
    const own = await app.inject(pageGet('/auth/sign-in.html'));
    const workspace = await app.inject(pageGet('/auth/sign-in.html?interaction=known'));
    const elsewhere = await app.inject(pageGet('/auth/sign-in.html?interaction=elsewhere'));
    const formAction = ({ headers }: typeof own) =>
      directivesOf(headers['content-security-policy']).get('form-action');
    expect(formAction(own)).toBe("'self'");
    expect(formAction(workspace)).toBe("'self' https://workspace.example.com");
    expect(formAction(elsewhere)).toBe("'self' http://localhost:9400");
  });

  it('asks for HTTPS for ever only where it is used', async () => {
    const secure = await buildTestApp({ authApiUrl: authApi.url, publicUrl: 'https://login.example.com' });
    expect((await secure.inject('/auth/signed-out.html')).headers['strict-transport-security']).toMatch(
      /^max-age=\d+$/,
    );
    expect((await app.inject('/auth/signed-out.html')).headers).not.toHaveProperty(
      'strict-transport-security',
    );
    await secure.close();
    // It would count for every other program of this machine.
    const local = await buildTestApp({ authApiUrl: authApi.url, publicUrl: 'https://localhost:8443' });
    expect((await local.inject('/auth/signed-out.html')).headers).not.toHaveProperty(
      'strict-transport-security',
    );
    await local.close();
  });
});

describe('what others may put into a page', () => {
  const markup = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;

  // attack: markup in what was typed at the sign-in page | CVE-2023-46238, ASVS 1.2.1 | guard: services/auth-ui/src/pages/render.ts
  it('threat 70: what was typed is shown as text', async () => {
    for (const step of [{}, { step: 'name' }]) {
      const { body } = await app.inject(
        formPost({ username: markup, tenant: markup, interaction: 'known', ...step }),
      );
      expect(body).not.toContain('<script>alert');
      expect(body).not.toContain('<img src=x');
      expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    }
  });

  it('threat 70: the name of an application and a broken rule are shown as text', async () => {
    authApi.hold({
      id: 'markup',
      client: { id: 'x', name: markup },
      userName: markup,
      error: 'password_policy',
      brokenRules: [markup],
    });
    const name = await app.inject(pageGet('/auth/sign-in.html?interaction=markup'));
    const change = await app.inject(pageGet('/auth/change-password.html?error&interaction=markup'));
    expect(name.statusCode).toBe(303);
    expect(change.body).not.toContain('<script>alert');
    expect(change.body).toContain('&lt;script&gt;');
  });

  it('threat 15: a foreign Host changes no address on a page', async () => {
    const { body } = await app.inject(
      pageGet('/auth/sign-in.html', { host: 'evil.example', 'x-forwarded-host': 'evil.example' }),
    );
    expect(body).not.toContain('evil.example');
  });
});

describe('whose form it is', () => {
  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a neighbour of the site', { 'sec-fetch-site': 'same-site' }],
    ['another origin of an old browser', { 'sec-fetch-site': undefined, origin: 'https://evil.example' }],
    ['an opaque origin', { 'sec-fetch-site': undefined, origin: 'null' }],
    ['nobody', { 'sec-fetch-site': undefined }],
  ])('threat 45: a form from %s is refused', async (_case, headers) => {
    const post = formPost({ username: 'maria', interaction: 'known' });
    const page = await app.inject({
      ...post,
      headers: Object.fromEntries(
        Object.entries({ ...post.headers, ...headers }).filter(([, value]) => value !== undefined),
      ) as Record<string, string>,
    });
    expect(page.statusCode).toBe(403);
    expect(page.body).toContain('This form came from another site');
  });

  it.each([
    ['the Origin of the public URL', { origin: publicUrl }, {}],
    ['the token of the interaction', { origin: 'null' }, { csrf: 'csrf-of-known' }],
  ])('threat 45: a browser without Fetch Metadata is believed by %s', async (_case, headers, fields) => {
    const { 'sec-fetch-site': _site, ...own } = formPost({}).headers;
    const post = formPost({ username: 'maria', interaction: 'known', ...fields });
    expect((await app.inject({ ...post, headers: { ...own, ...headers } })).statusCode).toBe(200);
  });
});

it('threat 45: a form that the person sends again by the browser itself is believed', async () => {
  const page = await app.inject(formPost({ username: 'maria' }, { 'sec-fetch-site': 'none' }));
  expect(page.statusCode).toBe(200);
});

describe('what is logged', () => {
  it('threat 68: neither queries nor what was typed', async () => {
    authApi.hold({ id: 'interaction-in-no-log' });
    await app.inject(pageGet('/auth/sign-in.html?interaction=interaction-in-no-log&error=reason-in-no-log'));
    await app.inject(formPost({ username: 'name-in-no-log\r\n\u001b[31m', tenant: 'tenant-in-no-log' }));
    expect(logged).toContain('/auth/sign-in.html');
    expect(logged).not.toContain('in-no-log');
    expect(logged).not.toContain(authApi.hold({ id: 'known' }).csrf);
  });
});
