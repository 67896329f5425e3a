import { unavailable } from '@gatehouse/service-kit/errors';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { type Answer, type Browser, createBrowser } from '../stack/browser.ts';
import { sessionCookie } from '../stack/interaction.ts';
import {
  createClient,
  getCode,
  introspect,
  type OAuthJson,
  redeem,
  type TestClient,
} from '../stack/oauth.ts';
import { readLogout } from '../stack/pending-logout.ts';

const path = '/auth/v3/oauth/logout';
const afterLogout = 'https://app.test/bye?from=gatehouse';
const supervisor = { username: 'supervisor', password: 'demo-supervisor-password', tenant: 'demo' };

let stack: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack, { postLogoutRedirectURIs: [afterLogout] });
});
afterAll(() => stack?.close());

async function signedIn(user?: typeof supervisor): Promise<{ browser: Browser; tokens: OAuthJson }> {
  const browser = createBrowser(stack.app);
  const code = await getCode(stack, browser, client, { scope: 'openid' }, user);
  return { browser, tokens: (await redeem(stack, client, code)).json() };
}

const isSignedIn = async (browser: Browser) => (await browser.get('/auth/v3/ping')).status === 200;
const query = (parameters: Record<string, string>) => `${path}?${new URLSearchParams(parameters)}`;

describe('54: RP-initiated logout', () => {
  it('ends session and tokens and goes back to the registered address with the state', async () => {
    const { browser, tokens } = await signedIn();

    const answer = await browser.get(
      query({ id_token_hint: tokens.id_token, post_logout_redirect_uri: afterLogout, state: 'a b' }),
    );

    expect([answer.status, answer.location]).toEqual([302, `${afterLogout}&state=a+b`]);
    expect(await isSignedIn(browser)).toBe(false);
    expect(await introspect(stack, client, tokens.access_token)).toEqual({ active: false });
  });

  it('goes to the signed-out page when no address is asked for, also when nobody is signed in any more', async () => {
    const { browser, tokens } = await signedIn();
    const url = query({ id_token_hint: tokens.id_token });

    expect((await browser.get(url)).location).toBe(`${publicUrl}/auth/signed-out.html`);
    expect((await browser.get(url)).location).toBe(`${publicUrl}/auth/signed-out.html`);
  });

  it('works by a cross-site POST, which brings no cookies: 303 to a GET of our own, then on', async () => {
    const { browser, tokens } = await signedIn();

    const posted = await browser.postForm(
      path,
      { id_token_hint: tokens.id_token, post_logout_redirect_uri: afterLogout },
      { origin: 'https://app.test', cookie: '' },
    );
    expect(posted.status).toBe(303);
    expect(String(posted.location).startsWith(`${publicUrl}${path}?posted_request=`)).toBe(true);
    const answer = await browser.get(String(posted.location));

    expect([answer.status, answer.location]).toEqual([302, afterLogout]);
    expect(browser.cookies.has(sessionCookie)).toBe(false);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it.each(['this browser', 'another one'])(
    'that cannot be recorded does not happen, so that its repetition is recorded: by %s',
    async (by) => {
      const { browser, tokens } = await signedIn();
      const signOut = () =>
        (by === 'this browser' ? browser : createBrowser(stack.app)).get(
          query({ id_token_hint: tokens.id_token }),
        );
      const write = vi.spyOn(stack.deps.audit.writer, 'write').mockRejectedValueOnce(unavailable('Redis'));

      expect((await signOut()).status).toBe(503);
      expect(await isSignedIn(browser)).toBe(true);
      await signOut();

      expect(await isSignedIn(browser)).toBe(false);
      expect(write).toHaveBeenLastCalledWith(expect.objectContaining({ name: 'logout' }));
      write.mockRestore();
    },
  );

  it('ends the session of the ID token also where its browser does not come along', async () => {
    const { browser, tokens } = await signedIn();

    const answer = await createBrowser(stack.app).get(query({ id_token_hint: tokens.id_token }));

    expect(answer.location).toBe(`${publicUrl}/auth/signed-out.html`);
    expect(await isSignedIn(browser)).toBe(false);
  });
});

describe('54: a sign-out that nothing proves (CVE-2020-10734)', () => {
  const asked = (answer: Answer) => {
    expect(answer.status).toBe(302);
    return new URL(String(answer.location));
  };

  async function confirm(browser: Browser, page: URL, changes: Record<string, string> = {}) {
    const id = page.searchParams.get('logout');
    const view = await readLogout(stack, browser, String(id));
    return browser.postForm(`${path}/confirm`, { logout: String(id), csrf: view.csrf, ...changes });
  }

  it.each([
    ['nothing at all', {}],
    ['a state', { state: 's' }],
    ['an address without saying whose', { post_logout_redirect_uri: afterLogout }],
  ])('asks the user for %s, and stays here afterwards', async (_case, parameters) => {
    const { browser } = await signedIn();

    const page = asked(await browser.get(query(parameters as Record<string, string>)));
    expect(page.pathname).toBe('/auth/sign-out.html');
    expect(await isSignedIn(browser)).toBe(true);

    const view = await readLogout(stack, browser, String(page.searchParams.get('logout')));
    expect(view).toMatchObject({ step: 'ask', userName: 'demo\\agent', frames: [] });
    expect(view).not.toHaveProperty('continueTo');
    const answer = await confirm(browser, page);
    expect([answer.status, answer.location]).toEqual([303, `${publicUrl}/auth/signed-out.html`]);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('goes back to the client that was named, once the user said yes', async () => {
    const { browser } = await signedIn();

    const page = asked(
      await browser.get(
        query({ client_id: client.clientId, post_logout_redirect_uri: afterLogout, state: 'x' }),
      ),
    );

    expect((await confirm(browser, page)).location).toBe(`${afterLogout}&state=x`);
  });

  // attack: forged confirmation of a logout | CVE-2020-10734, ASVS 7.4.4 | guard: services/auth-api/src/sign-in/logout/end-session.ts
  it('45: takes the answer from our own page only, with its token, in its browser, once', async () => {
    const { browser } = await signedIn();
    const page = asked(await browser.get(query({})));
    const other = await signedIn(supervisor);

    const foreign = await browser.postForm(
      `${path}/confirm`,
      { logout: String(page.searchParams.get('logout')), csrf: 'x' },
      { origin: 'https://evil.test' },
    );
    expect(foreign.status).toBe(403);
    expect((await confirm(browser, page, { csrf: 'guessed' })).status).toBe(400);
    expect(await readLogout(stack, other.browser, String(page.searchParams.get('logout')))).toBeUndefined();
    expect(await isSignedIn(browser)).toBe(true);
    expect((await confirm(browser, page)).status).toBe(303);
    expect(
      (await browser.postForm(`${path}/confirm`, { logout: String(page.searchParams.get('logout')) })).status,
    ).toBe(400);
    expect(await isSignedIn(other.browser)).toBe(true);
  });

  it('has nothing to ask where nobody is signed in', async () => {
    const answer = await createBrowser(stack.app).get(query({}));
    expect(answer.location).toBe(`${publicUrl}/auth/signed-out.html`);
  });

  it("asks when the ID token is another user's, whose session ends all the same", async () => {
    const { browser } = await signedIn();
    const other = await signedIn(supervisor);

    const page = asked(await browser.get(query({ id_token_hint: other.tokens.id_token })));

    expect(page.pathname).toBe('/auth/sign-out.html');
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(other.browser)).toBe(false);
  });

  it('refuses a client that is not known', async () => {
    const { browser } = await signedIn();
    expect((await browser.get(query({ client_id: 'nobody' }))).status).toBe(400);
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('54: addresses and hints', () => {
  it.each([
    ['an address that is registered for signing in only', 'https://app.test/callback'],
    ['an address below the registered one', `${afterLogout}&x=1`],
    ['another host', 'https://evil.test/'],
    ['a host hidden behind a backslash', 'https://app.test\\@evil.test/bye?from=gatehouse'],
    ['a protocol-relative address', '//evil.test'],
    ['a script', 'javascript:alert(1)'],
  ])('6: goes nowhere and ends nothing for %s', async (_case, uri) => {
    const { browser, tokens } = await signedIn();

    const answer = await browser.get(
      query({ id_token_hint: tokens.id_token, post_logout_redirect_uri: uri }),
    );

    expect([answer.status, answer.location]).toEqual([400, undefined]);
    expect(await isSignedIn(browser)).toBe(true);
  });

  // attack: forged hint at logout | OpenID Connect RP-Initiated Logout 2 | guard: services/auth-api/src/sign-in/logout/logout-request.ts
  it('refuses a hint that is forged, an access token, or meant for another client', async () => {
    const { browser, tokens } = await signedIn();
    const [head, , signature] = tokens.id_token.split('.');
    const forged = `${head}.${Buffer.from('{"sub":"x"}').toString('base64url')}.${signature}`;
    const other = await createClient(stack);

    for (const parameters of [
      { id_token_hint: forged },
      { id_token_hint: tokens.access_token },
      { id_token_hint: tokens.id_token, client_id: other.clientId },
    ]) {
      expect((await browser.get(query(parameters as Record<string, string>))).status).toBe(400);
    }
    expect(await isSignedIn(browser)).toBe(true);
  });
});
