import { readFileSync } from 'node:fs';
import { type BrandingView, surfaces, tokensOf } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApiStandIn, accountCookie, startAuthApiStandIn } from '../auth-api-stand-in.ts';
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

const digest = 'a'.repeat(64);
const branding: BrandingView = {
  name: 'Nordic Travel',
  logo: { digest, width: 300, height: 80 },
  colors: { accent: '#7a2bbf', accentDark: '#c79bf0' },
  greeting: { en: 'Good to see you', 'pt-BR': 'Bem-vindo', de: 'Willkommen' },
  links: [
    { kind: 'privacy', url: 'https://nordic.example/privacy' },
    { kind: 'other', url: 'https://nordic.example/desk', label: { de: 'Servicepult', en: 'Service desk' } },
  ],
  notices: [
    {
      kind: 'maintenance',
      text: { en: 'On Sunday nobody can sign in' },
      from: '2027-01-29T00:00:00.000Z',
      until: '2027-01-31T04:00:00.000Z',
    },
  ],
};
const get = (url: string, language = 'en') =>
  app.inject({ ...pageGet(url), headers: { ...pageGet(url).headers, 'accept-language': language } });

describe('a page of a login', () => {
  it('shows name, logo, colours, greeting, links and notice of its contact centre', async () => {
    authApi.hold({ id: 'branded', branding });
    const { body } = await get('/auth/sign-in.html?interaction=branded');
    expect(body).toContain('· Nordic Travel</title>');
    expect(body).toContain(
      `<img class="brand-logo" src="/auth/v3/branding/images/${digest}" width="300" height="80" alt="">`,
    );
    expect(body).toMatch(
      /<link rel="stylesheet" href="\/auth\/assets\/brand\/7a2bbf-c79bf0\.css\?v=[\w-]{12}">/,
    );
    expect(body).toContain('>Good to see you</p>');
    expect(body).toMatch(/href="https:\/\/nordic\.example\/privacy"[^>]*><bdi>Privacy<\/bdi>/);
    expect(body).toContain('<bdi>Service desk</bdi>');
    expect(body).toContain('On Sunday nobody can sign in');
    expect(body).toMatch(
      /Until <time datetime="2027-01-31T04:00:00Z" data-time="long">January 31, 2027 at 4:00.AM UTC</,
    );
    expect(body).not.toContain('style=');
  });

  it('asks nothing more of Auth API than the login', async () => {
    authApi.hold({ id: 'counted', branding });
    const before = authApi.calls.length;
    await get('/auth/sign-in.html?interaction=counted');
    expect(authApi.calls.slice(before).map(({ path }) => path)).toEqual([
      '/auth/v3/internal/interactions/counted',
    ]);
  });

  it.each([
    ['de', 'de', 'Willkommen'],
    ['pt-BR', 'pt-BR', 'Bem-vindo'],
    ['fr', 'en', 'Good to see you'],
  ])('greets in %s, or in a language that there is, and names that', async (language, own, words) => {
    authApi.hold({ id: 'greeted', branding });
    const { body } = await get('/auth/sign-in.html?interaction=greeted', language);
    expect(body).toContain(`<p class="greeting" lang="${own}" dir="auto">${words}</p>`);
  });

  it('shows the picture of the application from our own host', async () => {
    authApi.hold({
      id: 'pictured',
      client: { id: 'a', name: 'Agent Workspace', logo: { digest, width: 64, height: 64 } },
    });
    const { body } = await get('/auth/sign-in.html?interaction=pictured');
    expect(body).toContain(`<img class="application-logo" src="/auth/v3/branding/images/${digest}"`);
  });

  // attack: markup in what a contact centre says of itself | CWE-79 | guard: services/auth-ui/src/pages/render.ts
  it('shows texts as they are, never as markup', async () => {
    const evil = '</p><script>alert(1)</script><img src=x onerror=alert(1)>"\'';
    authApi.hold({
      id: 'evil',
      branding: {
        name: evil,
        greeting: { en: evil },
        links: [{ kind: 'other', url: 'https://nordic.example/"onclick=alert(1)', label: { en: evil } }],
        notices: [
          {
            kind: 'info',
            text: { en: evil },
            from: '2027-01-01T00:00:00.000Z',
            until: '2027-01-02T00:00:00.000Z',
          },
        ],
      },
    });
    const { body } = await get('/auth/sign-in.html?interaction=evil');
    expect(body).not.toContain('<script>alert');
    expect(body).not.toContain('<img src=x');
    expect(body).not.toMatch(/"onclick/);
  });

  // attack: link of a sign-in page that runs a script | CWE-79 | guard: services/auth-ui/src/pages/theme.ts
  it.each(['javascript:alert(1)', 'http://nordic.example/', 'data:text/html,x', 'x'])(
    'leaves the link %s out, wherever it came from',
    async (url) => {
      authApi.hold({ id: 'linked', branding: { links: [{ kind: 'help', url }] } });
      expect((await get('/auth/sign-in.html?interaction=linked')).body).not.toContain('brand-links');
    },
  );

  it('permits no picture and no style of another host', async () => {
    authApi.hold({ id: 'strict', branding });
    const policy = String(
      (await get('/auth/sign-in.html?interaction=strict')).headers['content-security-policy'],
    );
    expect(policy).toContain("img-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).not.toContain('unsafe-inline');
  });
});

describe('a page without a login', () => {
  it('looks as the installation does, from half a second after a change', async () => {
    const shown = async () => (await get('/auth/device')).body.includes('Nordic Travel');
    expect(await shown()).toBe(false);
    const start = performance.now();
    authApi.branding = branding;
    await expect.poll(shown, { interval: 20 }).toBe(true);
    expect(performance.now() - start).toBeLessThan(1000);
    for (const url of ['/', '/auth/signed-out.html', '/auth/sign-in.html', '/auth/change-password.html'])
      expect([url, (await get(url)).body.includes('Nordic Travel')]).toEqual([url, true]);
    const missing = await get('/auth/nothing-here');
    expect(missing.body).toContain('· Nordic Travel</title>');
    expect(missing.body).toContain(
      tokensOf({ accent: '#7a2bbf', accentDark: '#c79bf0' }, 'light')['--brand'],
    );
    expect(String(missing.headers['content-security-policy'])).toContain("img-src 'self'");
    authApi.branding = undefined;
    await expect.poll(shown, { interval: 20 }).toBe(false);
  });

  it('is there without Auth API, in the look that was known', async () => {
    const alone = await buildTestApp({ authApiUrl: 'http://127.0.0.1:9', authApiTimeoutMs: 200 });
    expect((await alone.inject(pageGet('/auth/device'))).statusCode).toBe(200);
    await alone.close();
    authApi.isReleaseBefore = true;
    expect((await get('/auth/device')).statusCode).toBe(200);
    authApi.isReleaseBefore = false;
  });
});

describe('where the contact centre is known', () => {
  const nordic = { name: 'Nordic Travel' };
  const openAs = async (url: string, contactCenterId: string | undefined) =>
    app.inject(
      pageGet(url, { cookie: `gatehouse-console=${await accountCookie(definedOnly({ contactCenterId }))}` }),
    );

  it('pages of the account look as that of the person, and their errors too', async () => {
    authApi.brandings.set('center-of-maria', nordic);
    for (const path of ['', '/sessions', '/applications', '/language'])
      expect((await openAs(`/auth/account${path}`, 'center-of-maria')).body).toContain('· Nordic Travel<');
    const cookie = `gatehouse-console=${await accountCookie({ contactCenterId: 'center-of-maria' })}`;
    const foreign = await app.inject({
      ...formPost({ client: 'wallboard', csrf: 'guessed' }, { cookie }),
      url: '/auth/account/applications/take-back',
    });
    expect([foreign.statusCode, foreign.body.includes('· Nordic Travel<')]).toEqual([403, true]);
    expect((await openAs('/auth/account', 'another-center')).body).not.toContain('Nordic Travel');
    expect((await openAs('/auth/account', undefined)).body).not.toContain('Nordic Travel');
  });

  it('the error of a login looks as the login', async () => {
    authApi.hold({ id: 'attacked', branding: nordic });
    const foreign = formPost({ username: 'x', interaction: 'attacked' }, { 'sec-fetch-site': 'cross-site' });
    const { statusCode, body } = await app.inject(foreign);
    expect([statusCode, body.includes('· Nordic Travel</title>')]).toEqual([403, true]);
  });

  it('a login that is over looks as its application, in the browser that began it alone', async () => {
    authApi.hold({ id: 'over', branding: nordic, client: { id: 'nordic-desk', name: 'Desk' } });
    authApi.brandings.set('nordic-desk', nordic);
    const begun = await get('/auth/sign-in.html?interaction=over');
    const { value = '' } = begun.cookies.find(({ name }) => name === 'gatehouse-applications') ?? {};
    authApi.forget('over');
    const expired = (cookie: string) =>
      app.inject(pageGet('/auth/sign-in.html?interaction=over', { cookie }));
    const here = await expired(`gatehouse-applications=${encodeURIComponent(value)}`);
    expect([here.statusCode, here.body.includes('· Nordic Travel</title>')]).toEqual([410, true]);
    expect(here.body).toContain('Back to workspace.example.com');
    const elsewhere = await expired('other=1');
    expect([elsewhere.statusCode, elsewhere.body.includes('Nordic Travel')]).toEqual([410, false]);
  });
});

describe('the style sheet of a branding', () => {
  const url = async () => {
    authApi.hold({ id: 'styled', branding });
    const { body } = await get('/auth/sign-in.html?interaction=styled');
    return /href="(\/auth\/assets\/brand\/[^"]+)"/.exec(body)?.[1] ?? '';
  };

  it('is custom properties and nothing else, and may be kept for a year', async () => {
    const { headers, body } = await app.inject(await url());
    expect(headers['content-type']).toBe('text/css; charset=utf-8');
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const rule = String.raw`:root\{(?:--[a-z-]+:#[0-9a-f]{6};?)+\}`;
    expect(body).toMatch(new RegExp(`^${rule}@media\\(prefers-color-scheme:dark\\)\\{${rule}\\}$`));
    expect((await app.inject('/auth/assets/brand/7a2bbf-c79bf0.css?v=other')).headers['cache-control']).toBe(
      'no-cache',
    );
  });

  // attack: colour that brings CSS rules of its own | CWE-79 | guard: services/auth-ui/src/design/brand-styles.ts
  it.each([
    '7a2bbf-c79bf0;}*{x:y',
    '7A2BBF-C79BF0.css',
    '7a2bbf.css',
    '..%2f..%2fpackage.json',
    '7a2bbf-c79bf0.css%0a',
    'red-blue.css',
  ])('is not made of %s', async (file) => {
    // 400: a path that hides its segments is not even routed.
    const status = file.includes('..') ? 400 : 404;
    expect((await app.inject(`/auth/assets/brand/${file}`)).statusCode).toBe(status);
  });

  it('keeps every colour readable, whatever the address asks for', async () => {
    const { body } = await app.inject('/auth/assets/brand/ffffff-000000.css');
    expect(body).toContain('--brand:#707070');
  });
});

it('is judged by the colours that the pages have', () => {
  const css = readFileSync(new URL('../../design/tokens.css', import.meta.url), 'utf8');
  const [, light = '', dark = ''] = css.split(':root {');
  for (const [scheme, text] of [
    ['light', light],
    ['dark', dark],
  ] as const)
    expect([
      scheme,
      text.includes(`--page: ${surfaces[scheme].page};`),
      text.includes(`--surface: ${surfaces[scheme].card};`),
    ]).toEqual([scheme, true, true]);
});
