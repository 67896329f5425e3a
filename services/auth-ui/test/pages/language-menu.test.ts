import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthApiStandIn,
  accountCookie,
  browserCookie,
  sessionCookie,
  startAuthApiStandIn,
} from '../auth-api-stand-in.ts';
import { buildTestApp, formPost, pageGet } from '../test-app.ts';

let authApi: AuthApiStandIn;
let app: App;

beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  authApi.hold({ id: 'pending', uiLocales: 'en' });
  app = await buildTestApp({ authApiUrl: authApi.url });
});

afterAll(async () => {
  await app.close();
  await authApi.close();
});

const german = `gatehouse-browser=${browserCookie}; gatehouse-session=${sessionCookie}; gatehouse-language=de`;
const cookieOf = (answer: { headers: Record<string, unknown> }) =>
  [answer.headers['set-cookie']].flat().join();

/** The address behind a language on the page. */
function choiceOf(body: string, language: string): string {
  const pattern = new RegExp(`(?:href|formaction)="([^"]*language=${language})"`);
  return body.match(pattern)?.[1]?.replaceAll('&amp;', '&') as string;
}

describe('choosing a language', () => {
  it('shows the same page of the same sign-in again, and stays chosen for a year', async () => {
    const page = await app.inject(pageGet('/auth/sign-in.html?interaction=pending&ui_locales=en'));
    const address = choiceOf(page.body, 'de');
    expect(address).toBe('/auth/sign-in.html?interaction=pending&ui_locales=en&language=de');
    const chosen = await app.inject(pageGet(address, { 'sec-fetch-site': 'same-origin' }));
    expect([chosen.statusCode, chosen.headers.location]).toEqual([
      303,
      '/auth/sign-in.html?interaction=pending&ui_locales=en',
    ]);
    expect(chosen.headers['cache-control']).toBe('no-store');
    expect(cookieOf(chosen)).toBe('gatehouse-language=de; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax');
    const again = await app.inject(pageGet(chosen.headers.location as string, { cookie: german }));
    expect(again.body).toContain('<html lang="de">');
    expect(again.headers).toMatchObject({ 'content-language': 'de', vary: 'accept-language, cookie' });
  });

  it('sends the first step once more, so that nothing typed is lost', async () => {
    const step = await app.inject(formPost({ username: 'maria', tenant: 'nordic', interaction: 'pending' }));
    const languages = step.body.slice(step.body.indexOf('<details class="languages">'));
    const fields = [...languages.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
    const sent = Object.fromEntries(fields.map(([, name, value]) => [name, value]));
    expect(sent).toEqual({ username: 'maria', tenant: 'nordic', interaction: 'pending' });
    const chosen = await app.inject({ ...formPost(sent), url: choiceOf(languages, 'de') });
    expect([chosen.statusCode, chosen.headers.location]).toEqual([307, '/auth/sign-in.html']);
    const again = await app.inject(formPost(sent, { cookie: german }));
    expect(again.body).toContain('Passwort eingeben');
  });

  it('wins over what the application and the browser ask for, on every page', async () => {
    for (const url of [
      '/',
      '/auth/sign-in.html?interaction=pending',
      '/auth/change-password.html?ui_locales=en',
      '/auth/account',
      '/auth/approvals',
      '/auth/device?ui_locales=en',
      '/auth/signed-in.html',
      '/auth/signed-out.html',
      '/auth/nothing-here',
      '/auth/sign-in.html?interaction=gone',
    ]) {
      const cookie = `${german}; gatehouse-console=${await accountCookie()}`;
      const page = await app.inject(pageGet(url, { cookie, 'accept-language': 'en' }));
      expect(page.headers['content-language'], url).toBe('de');
      expect(page.headers.vary, url).toBe('accept-language, cookie');
    }
  });

  it('is bound to the host where the public URL is https', async () => {
    const secure = await buildTestApp({ authApiUrl: authApi.url, publicUrl: 'https://login.example.com' });
    const chosen = await secure.inject('/auth/signed-out.html?language=de');
    expect(cookieOf(chosen)).toMatch(/^__Host-gatehouse-language=de; .*Secure/);
    const page = await secure.inject(
      pageGet('/auth/signed-out.html', { cookie: '__Host-gatehouse-language=de' }),
    );
    expect(page.headers['content-language']).toBe('de');
    await secure.close();
  });

  it('leaves its name in no address, however it was written', async () => {
    const chosen = await app.inject('/auth/device?user_code=A%3FB&%6canguage=de');
    expect(chosen.headers.location).toBe('/auth/device?user_code=A%3FB');
  });

  it('can be made on an error page, which stays the error it is', async () => {
    const page = await app.inject(pageGet('/auth/nothing-here?from=mail'));
    const chosen = await app.inject(pageGet(choiceOf(page.body, 'ja')));
    expect([chosen.statusCode, chosen.headers.location]).toEqual([303, '/auth/nothing-here?from=mail']);
    expect(cookieOf(chosen)).toContain('gatehouse-language=ja');
    const again = await app.inject(pageGet('/auth/nothing-here?from=mail', { cookie: german }));
    expect([again.statusCode, again.headers['content-language']]).toEqual([404, 'de']);
  });

  it('is not offered where the answer of a form would be lost', async () => {
    const refused = await app.inject(formPost({ username: '', interaction: 'gone' }));
    expect(refused.body).not.toContain('language=de');
  });
});

describe('a language that others name', () => {
  // attack: a link of another site that changes the language for good | ASVS 3.5.1 | guard: packages/service-kit/src/http/chosen-language.ts
  it.each(['cross-site', 'same-site'])('threat 45: a %s link changes nothing', async (site) => {
    const page = await app.inject(pageGet('/auth/sign-in.html?language=de', { 'sec-fetch-site': site }));
    expect(page.statusCode).toBe(200);
    expect(cookieOf(page)).not.toContain('language');
    expect(page.headers['content-language']).toBe('en');
  });

  it.each([
    '..%2F..%2Fen',
    '__proto__',
    'constructor',
    'de%0d%0aset-cookie:a=b',
    'x'.repeat(8000),
    'de&language=de',
  ])('threat 70: language=%s is not kept, and the page is shown', async (value) => {
    const page = await app.inject(pageGet(`/auth/signed-out.html?language=${value}`));
    expect(page.statusCode).toBe(200);
    expect(cookieOf(page)).not.toContain('gatehouse-language');
    expect(page.headers['content-language']).toBe('en');
  });

  it('threat 67: headers of 10 KB are answered like short ones', async () => {
    const page = await app.inject(
      pageGet('/auth/signed-out.html', {
        'accept-language': 'de-'.repeat(3000),
        cookie: 'gatehouse-language=../../de',
      }),
    );
    expect([page.statusCode, page.headers['content-language']]).toEqual([200, 'de']);
  });

  it.each([
    '/auth//evil.example/?language=de',
    '//evil.example/?language=de',
    '/auth/..//evil.example?language=de',
  ])('threat 12: %s never leads to another host', async (url) => {
    const answer = await app.inject(pageGet(url));
    const location = new URL(answer.headers.location ?? '/', 'http://127.0.0.1:8080');
    expect(location.host).toBe('127.0.0.1:8080');
  });
});
