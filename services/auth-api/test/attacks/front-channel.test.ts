import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { agent, signIn } from '../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  interactionOf,
  redeem,
  redirectUri,
  responseOf,
  type TestClient,
} from '../stack/oauth.ts';

const issuer = `${publicUrl}/auth/v3`;
let stack: AuthApi;
let client: TestClient;
let byOrigin: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack);
  byOrigin = await createClient(stack, { redirectURIs: ['https://allowed.com'], redirectMatching: 'origin' });
});
afterAll(() => stack?.close());

/** A page with an error status, and no redirect anywhere. */
async function expectPage(url: string): Promise<string> {
  const answer = await createBrowser(stack.app).get(url);
  expect(answer.status, url).toBe(400);
  expect(answer.location, url).toBeUndefined();
  expect(String(answer.headers['content-type'])).toContain('text/html');
  expect(String(answer.headers['content-security-policy'])).toContain("frame-ancestors 'none'");
  expect(answer.headers['x-frame-options']).toBe('DENY');
  return answer.body;
}

const withUri = (uri: string, by = byOrigin) => authorizeUrl({ ...by, redirectUri: uri });

describe('redirect URIs that only look registered', () => {
  // attack: redirect URI whose host only begins with the registered one | CVE-2023-6291, RFC 9700 4.1.1 | guard: services/auth-api/src/core/protocol/redirect-uri.ts
  // attack: dot segments and encoded separators in a redirect URI | CVE-2024-1132, CVE-2022-3782 | guard: packages/contracts/src/values/redirect-uri.ts
  // attack: path parameter behind the dots of a redirect URI | CVE-2026-3872 | guard: packages/contracts/src/values/redirect-uri.ts
  // attack: user information in a redirect URI | CVE-2024-8883 | guard: services/auth-api/src/core/protocol/redirect-uri.ts
  // attack: any character for the dot of a registered host | CVE-2024-52289 | guard: services/auth-api/src/core/protocol/redirect-uri.ts
  // attack: wildcard host in a redirect URI | CVE-2023-6134, CVE-2026-7504 | guard: services/auth-api/src/core/protocol/redirect-uri.ts
  // attack: backslash, tab or line feed in a redirect URI | CVE-2022-23527 | guard: packages/contracts/src/values/redirect-uri.ts
  // attack: fragment in a redirect URI | RFC 9700 4.1.3 | guard: packages/contracts/src/values/redirect-uri.ts
  // attack: script or data scheme as redirect URI | CVE-2024-21637 | guard: services/auth-api/src/core/protocol/redirect-uri.ts
  it.each([
    ['1: host that begins with the registered one (CVE-2023-6291)', 'https://allowed.com.evil.com/cb'],
    ['1: registered host as a folder', 'https://evil.com/allowed.com'],
    ['2: dot segments (CVE-2024-1132)', 'https://allowed.com/cb/../evil'],
    ['2: encoded slash', 'https://allowed.com/cb/..%2fevil'],
    ['2: doubly encoded slash', 'https://allowed.com/cb/..%252fevil'],
    ['2: path parameter (CVE-2026-3872)', 'https://allowed.com/cb/..;/evil'],
    ['2: encoded dots', 'https://allowed.com/%2e%2e/evil'],
    ['3: user information (CVE-2024-8883)', 'https://allowed.com@evil.com/'],
    ['3: user information with a port', 'http://localhost:80@evil.com/'],
    ['4: any character for a dot (CVE-2024-52289)', 'https://allowedxcom/cb'],
    ['4: wildcard host (CVE-2026-7504)', 'https://*.allowed.com/cb'],
    ['5: scheme downgrade', 'http://allowed.com/cb'],
    ['5: another port', 'https://allowed.com:8443/cb'],
    ['6: backslash for a slash (CVE-2022-23527)', 'https://allowed.com\\@evil.com/'],
    ['6: backslash after the host', 'https://allowed.com\\.evil.com/'],
    ['6: tab inside', 'https://allowed.com/\thttps://evil.com'],
    ['6: line feed', 'https://allowed.com/\nSet-Cookie: x=1'],
    ['6: protocol-relative', '//allowed.com/cb'],
    ['6: several slashes', 'https:///allowed.com/cb'],
    ['6: no slashes', 'https:allowed.com/cb'],
    ['6: NUL', 'https://allowed.com/\u0000'],
    ['6: empty segment', 'https://allowed.com//evil.com'],
    ['7: fragment', 'https://allowed.com/cb#x'],
    ['7: script scheme (CVE-2024-21637)', 'javascript:alert(1)//allowed.com'],
    ['7: data scheme', 'data:text/html,allowed.com'],
    ['3: number for an address', 'https://0x7f.1/cb'],
    ['5: full-width letters', 'https://ａllowed.com/cb'],
  ])('%s → page, no redirect', async (_case, uri) => {
    await expectPage(withUri(uri));
  });

  // attack: letters of another case in a redirect URI | CVE-2020-15234, ASVS 10.4.1 | guard: services/auth-api/src/core/protocol/redirect-uri.ts
  it('5: letters of another case in the path of an exact registration (CVE-2020-15234) → page', async () => {
    await expectPage(withUri('https://app.test/Callback', client));
    await expectPage(withUri('HTTPS://app.test/callback', client));
  });

  // attack: redirect URI left out where several are registered | RFC 6749 3.1.2.3 | guard: services/auth-api/src/oauth/authorize/authorization-target.ts
  it('7: missing when several are registered → page; with one it is used', async () => {
    const several = await createClient(stack, { redirectURIs: [redirectUri, 'https://app.test/other'] });
    await expectPage(authorizeUrl(several, { redirect_uri: '' }));

    const answer = await createBrowser(stack.app).get(
      authorizeUrl(client, { redirect_uri: '', prompt: 'none' }),
    );
    expect(String(answer.location).startsWith(`${redirectUri}?error=login_required`)).toBe(true);
  });

  // attack: redirect URI given twice | CVE-2026-9689 | guard: services/auth-api/src/core/protocol/parameters.ts
  it('7: given twice → page', async () => {
    await expectPage(`${authorizeUrl(client)}&redirect_uri=${encodeURIComponent(redirectUri)}`);
  });

  // attack: open redirect by a broken authorization request | RFC 9700 4.11.2 | guard: services/auth-api/src/oauth/authorize/authorization-target.ts
  it('8: an unknown client is never redirected, and neither is a broken request with an unregistered URI', async () => {
    await expectPage(authorizeUrl({ ...client, clientId: 'nobody' }));
    await expectPage(
      authorizeUrl({ ...client, redirectUri: 'https://evil.com' }, { response_type: 'nonsense' }),
    );
    await expectPage(authorizeUrl({ ...client, redirectUri: 'https://evil.com' }, { prompt: 'none' }));
    await expectPage('/auth/v3/oauth/authorize');
  });

  // attack: query added to a registered redirect URI | RFC 9700 4.1.1 | guard: services/auth-api/src/core/protocol/redirect-uri.ts
  it('9: a registered query may not be extended or changed', async () => {
    const uri = 'https://app.test/cb?tenant=a';
    const withQuery = await createClient(stack, { redirectURIs: [uri] });

    await expectPage(withUri(`${uri}&x=1`, withQuery));
    await expectPage(withUri('https://app.test/cb?tenant=b', withQuery));
    const answer = await createBrowser(stack.app).get(authorizeUrl(withQuery, { prompt: 'none' }));
    expect(String(answer.location).startsWith(`${uri}&error=login_required`)).toBe(true);
  });

  it('escapes what the attacker sent on the error page', async () => {
    const page = await expectPage(authorizeUrl({ ...client, clientId: '<script>alert(1)</script>' }));
    expect(page).not.toContain('<script>');
  });
});

describe('answers', () => {
  // attack: mix-up of two authorization servers | RFC 9700 4.4, RFC 9207 | guard: services/auth-api/src/oauth/authorize/authorization-response.ts
  it('12: carry the one issuer with success and with errors (RFC 9207)', async () => {
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);

    const good = responseOf(await browser.get(authorizeUrl(client)));
    const bad = responseOf(await browser.get(authorizeUrl(client, { scope: '"' })));

    const { issuer: discovered } = (
      await stack.app.inject('/auth/v3/.well-known/openid-configuration')
    ).json();
    expect(good.get('iss')).toBe(discovered);
    expect(bad.get('iss')).toBe(discovered);
  });

  // attack: redirect that sends a form on to the client | RFC 9700 4.12 | guard: services/auth-api/src/oauth/authorize/authorize-routes.ts
  it('14: a POST is answered 303, so that no form is sent on (RFC 9700 section 4.12)', async () => {
    const form = Object.fromEntries(new URL(authorizeUrl(client), publicUrl).searchParams);
    const answer = await createBrowser(stack.app).postForm('/auth/v3/oauth/authorize', form);

    expect(answer.status).toBe(303);
    expect(new URL(String(answer.location)).origin).toBe(publicUrl);
  });

  it('15: go where the configuration says, whatever the Host headers say (CVE-2026-29067)', async () => {
    const answer = await createBrowser(stack.app).get(authorizeUrl(client), {
      host: 'evil.test',
      'x-forwarded-host': 'evil.test',
      forwarded: 'host=evil.test;proto=http',
    });

    expect(String(answer.location).startsWith(`${publicUrl}/auth/sign-in.html?interaction=`)).toBe(true);
    expect(answer.location).not.toContain('evil');
  });

  it('13: leak no code by Referer', async () => {
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);
    const answer = await browser.get(authorizeUrl(client));

    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    expect(answer.headers['cache-control']).toBe('no-store');
    const code = responseOf(answer).get('code') ?? 'none';
    expect(stack.logged()).not.toContain(code);
  });
});

describe('parameters', () => {
  // attack: authorization parameter given twice | RFC 6749 3.1, CVE-2026-9689 | guard: services/auth-api/src/core/protocol/parameters.ts
  it.each(['client_id', 'state', 'scope', 'response_type', 'nonce', 'code_challenge'])(
    '17: %s given twice is refused',
    async (name) => {
      await expectPage(`${authorizeUrl(client, { nonce: 'n', scope: 'openid' })}&${name}=again`);
    },
  );

  it('17: brackets and prototype names are just unknown names', async () => {
    const browser = createBrowser(stack.app);
    const answer = await browser.get(
      `${authorizeUrl(client)}&scope[]=x&__proto__=y&constructor=z&a[b]=c&__proto__[polluted]=1`,
    );
    expect(interactionOf(answer)).toBeTruthy();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('10: response_mode cannot be switched to leak the code (CVE-2023-6927)', async () => {
    for (const mode of ['web_message', 'jwt.query', 'query.jwt.jwt', 'form_post.jwt ', '.jwt']) {
      const answer = await createBrowser(stack.app).get(authorizeUrl(client, { response_mode: mode }));
      expect(responseOf(answer).get('error'), mode).toBe('invalid_request');
      expect(answer.location).not.toContain('#');
    }
  });

  it('10: a mode that is offered brings the code nowhere but to the registered redirect URI', async () => {
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);

    const fragment = await browser.get(authorizeUrl(client, { response_mode: 'fragment' }));
    const form = await browser.get(authorizeUrl(client, { response_mode: 'form_post' }));
    const signed = await browser.get(authorizeUrl(client, { response_mode: 'form_post.jwt' }));

    expect(String(fragment.location).startsWith(`${client.redirectUri}#code=`)).toBe(true);
    for (const page of [form, signed])
      expect(page.body.match(/action="([^"]*)"/)?.[1]).toBe(client.redirectUri);
  });
});

describe('the way through the sign-in', () => {
  // attack: cancelled re-authentication | CVE-2023-6787 | guard: services/auth-api/src/oauth/authorize/authorization-decision.ts
  it('18: prompt=none shows no page and makes no session; a cancelled prompt=login leaves the old one (CVE-2023-6787)', async () => {
    const fresh = createBrowser(stack.app);
    await fresh.get(authorizeUrl(client, { prompt: 'none' }));
    expect((await fresh.get('/auth/v3/ping')).status).toBe(403);

    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);
    const asked = interactionOf(await browser.get(authorizeUrl(client, { prompt: 'login' })));
    const skipped = await browser.get(`/auth/v3/oauth/authorize/resume?interaction=${asked}`);
    expect(skipped.location).toBe(`${publicUrl}/auth/sign-in.html?interaction=${asked}`);
    // The user goes away: the request stays unanswered, and nothing was signed in anew.
    expect(responseOf(await browser.get(authorizeUrl(client, { prompt: 'none' }))).get('code')).toBeTruthy();
  });

  it('19: a cross-site POST creates nothing for the user before the browser comes back itself', async () => {
    const form = Object.fromEntries(new URL(authorizeUrl(client), publicUrl).searchParams);
    const answer = await createBrowser(stack.app).postForm('/auth/v3/oauth/authorize', form, {
      origin: 'https://evil.test',
    });

    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.location).not.toContain('interaction');
    const bad = await createBrowser(stack.app).postForm('/auth/v3/oauth/authorize', {
      ...form,
      client_id: 'nobody',
    });
    expect([bad.status, bad.location]).toEqual([400, undefined]);
    await expectPage('/auth/v3/oauth/authorize?posted_request=made-up');
  });

  // attack: sign-in continued in another browser | CVE-2026-7507, CVE-2023-0264 | guard: services/auth-api/src/browser/interactions/store.ts
  it('26: an interaction is good for its own browser, once, and for its own request (CVE-2026-7507)', async () => {
    const browser = createBrowser(stack.app);
    const interaction = interactionOf(await browser.get(authorizeUrl(client)));
    const onward = await signIn(stack, browser, interaction, agent);

    const thief = createBrowser(stack.app);
    await getCode(stack, thief, client);
    const stolen = await thief.get(String(onward.location));
    expect(stolen.status).toBe(403);
    expect(stolen.location).toBeUndefined();

    const swapped = await browser.get(`${onward.location}&client_id=other&redirect_uri=https://evil.test`);
    expect(String(swapped.location).startsWith(`${redirectUri}?`)).toBe(true);
    const again = await browser.get(String(onward.location));
    // The page that says that it is over, and nothing for the application.
    expect([again.status, again.location]).toEqual([303, `/auth/sign-in.html?interaction=${interaction}`]);
  });

  // attack: sign-in step skipped by its address | CVE-2023-3597, ASVS 6.3.3 | guard: services/auth-api/src/oauth/authorize/authorization-decision.ts
  it('26: going on without having signed in leads back to the page', async () => {
    const browser = createBrowser(stack.app);
    const interaction = interactionOf(await browser.get(authorizeUrl(client)));

    const answer = await browser.get(`/auth/v3/oauth/authorize/resume?interaction=${interaction}`);

    expect(answer.location).toBe(`${publicUrl}/auth/sign-in.html?interaction=${interaction}`);
  });

  it('25: a code is bound to the session and nonce of its own user', async () => {
    const victim = await getCode(stack, createBrowser(stack.app), client, {
      scope: 'openid',
      nonce: 'victim',
    });
    const { id_token } = (await redeem(stack, client, victim)).json();
    const claims = JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ nonce: 'victim', iss: issuer });
  });
});
