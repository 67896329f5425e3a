import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import {
  createClient,
  getCode,
  introspect,
  type OAuthJson,
  redeem,
  type TestClient,
} from '../stack/oauth.ts';

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

  it('works by a cross-site POST, which brings no cookies, and answers 303', async () => {
    const { browser, tokens } = await signedIn();

    const answer = await createBrowser(stack.app).postForm(
      path,
      { id_token_hint: tokens.id_token, post_logout_redirect_uri: afterLogout },
      { origin: 'https://app.test' },
    );

    expect([answer.status, answer.location]).toEqual([303, afterLogout]);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('signs nobody out by a link without a hint (CVE-2020-10734)', async () => {
    const { browser } = await signedIn();

    for (const parameters of [
      {},
      { client_id: client.clientId },
      { client_id: client.clientId, post_logout_redirect_uri: afterLogout },
    ]) {
      const answer = await browser.get(query(parameters as Record<string, string>));
      expect([answer.status, answer.location]).toEqual([400, undefined]);
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  it("leaves another user's session alone", async () => {
    const { browser } = await signedIn();
    const other = await signedIn(supervisor);

    await browser.get(query({ id_token_hint: other.tokens.id_token }));

    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(other.browser)).toBe(false);
  });

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
