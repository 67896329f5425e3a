/** OpenID Connect providers as they are in the world: without discovery, with keys that change, with peculiar credentials. */
import { generateKeyPairSync } from 'node:crypto';
import { type CryptoKey, exportJWK, importPKCS8, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { browserCookie } from '../../stack/interaction.ts';
import { type HostileProvider, sign, startHostileProvider } from './stack/hostile-provider.ts';
import { callbackUri, localTrial, setSignOn } from './stack/sign-on.ts';

let stack: AuthApi;
let provider: HostileProvider;
const signedIn = `${publicUrl}/auth/signed-in.html`;

beforeAll(async () => {
  const now = () => Date.now();
  [stack, provider] = await Promise.all([startAuthApi({ env: localTrial, now }), startHostileProvider()]);
});
afterAll(() => Promise.all([stack?.close(), provider?.close()]));
beforeEach(() => provider.behave());

const use = (
  oidc: NonNullable<Parameters<typeof setSignOn>[1]['oidc']> = {},
  clientSecret = 'provider-secret',
) => setSignOn(stack, { oidc: { issuer: provider.issuer, clientId: 'gatehouse', ...oidc }, clientSecret });

/** Where a whole sign-in ends. */
async function signIn(browser = createBrowser(stack.app)): Promise<string | undefined> {
  const leaving = new URL((await browser.get('/auth/v3/sso/start?tenant=demo')).location ?? '').searchParams;
  const query = { state: leaving.get('state') ?? '', code: leaving.get('nonce') ?? '' };
  const back = await browser.get(`${callbackUri}?${new URLSearchParams(query)}`);
  return back.location;
}

describe('a provider whose addresses are set by hand', () => {
  const addresses = () => ({
    authorizationEndpoint: `${provider.issuer}/authorize`,
    tokenEndpoint: `${provider.issuer}/token`,
    jwksUri: `${provider.issuer}/jwks`,
    userInfoEndpoint: `${provider.issuer}/userinfo`,
  });

  it('signs people in without a discovery document, UserInfo included', async () => {
    await use({ ...addresses(), userInfo: true, userNameClaim: 'login' });
    provider.lies = { userInfo: { sub: 'subject', login: 'agent' } };
    const before = provider.asked.length;
    expect(await signIn()).toBe(signedIn);
    expect(provider.asked.slice(before).map(({ path }) => path)).toEqual(['/token', '/jwks', '/userinfo']);
  });

  it('is held to the issuer of the settings', async () => {
    await use({ ...addresses(), issuer: 'https://idp.example.com' });
    expect(await signIn()).toMatch('error=sso_failed');
  });

  it('signs out where the settings say', async () => {
    await use({ ...addresses(), endSessionEndpoint: `${provider.issuer}/bye`, logout: true });
    const browser = createBrowser(stack.app);
    await signIn(browser);
    const page = new URL((await browser.postForm('/auth/v3/sign-out', {})).location ?? '');
    const pending = await stack.deps.logout.pending.read(
      page.searchParams.get('logout') ?? '',
      browser.cookies.get(browserCookie),
    );
    expect(pending?.continueTo).toMatch(`${provider.issuer}/bye?`);
  });
});

describe('a provider whose discovery document cannot be used', () => {
  it('has one page for all who come at once', async () => {
    await use({ scopes: ['openid', 'all-at-once'] });
    provider.lies = { discovery: { issuer: 'https://idp.example.com' } };
    const pages = await Promise.all(Array.from({ length: 3 }, () => signInPage()));
    for (const page of pages) expect(page).toMatch('/auth/sign-in.html?error=sso_unavailable');
  });

  it('is used as it was known, and not asked by everybody', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      await use({ scopes: ['openid', 'as-it-was'] });
      expect(await signIn()).toBe(signedIn);
      vi.setSystemTime(Date.now() + 2 * 3_600_000);
      provider.lies = { discovery: { issuer: 'https://idp.example.com' } };
      const before = provider.asked.length;
      const pages = [await signInPage(), await signInPage(), await signInPage()];
      for (const page of pages) expect(page).toMatch(`${provider.issuer}/authorize?`);
      expect(provider.asked.slice(before).filter(({ path }) => path.includes('well-known'))).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  const signInPage = async () =>
    (await createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo')).location;
});

describe('keys of a provider that roll over', () => {
  // Only the time that the library reads is moved: nothing waits.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  async function makeKey(kid: string): Promise<{ key: CryptoKey; jwk: JWK }> {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
    return { key: await importPKCS8(pem, 'RS256'), jwk };
  }

  it('a new one is believed once it is published, and the former one no more when it is gone', async () => {
    await use({ scopes: ['openid', 'roll-over'] });
    expect(await signIn()).toBe(signedIn);

    const next = await makeKey('k2');
    const signedByNext = {
      keys: JSON.stringify({ keys: [next.jwk] }),
      idToken: (claims: Record<string, unknown>) => sign(claims, next.key, { kid: 'k2' }),
    };
    provider.lies = signedByNext;
    vi.setSystemTime(Date.now() + 2_000);
    expect(await signIn()).toBe(signedIn);

    provider.lies = { keys: signedByNext.keys };
    expect(await signIn()).toMatch('error=sso_failed');
  });

  it('are asked for again no more than once in ten seconds, whatever answers name', async () => {
    await use({ scopes: ['openid', 'hurry'] });
    const stranger = await makeKey('nobody-knows');
    const questions = () => provider.asked.filter(({ path }) => path === '/jwks').length;
    expect(await signIn()).toBe(signedIn);
    provider.lies = { idToken: (claims) => sign(claims, stranger.key, { kid: 'nobody-knows' }) };
    const before = questions();

    for (let second = 0; second < 9; second += 2) {
      vi.setSystemTime(Date.now() + 2_000);
      expect(await signIn()).toMatch('error=sso_failed');
    }
    expect(questions()).toBe(before + 1);
    vi.setSystemTime(Date.now() + 2_000);
    expect(await signIn()).toMatch('error=sso_failed');
    expect(questions()).toBe(before + 2);
  });

  it('count for UserInfo that comes signed, too', async () => {
    await use({ scopes: ['openid', 'signed'], userInfo: true, userNameClaim: 'login' });
    const [own, stranger] = [provider.key.privateKey, (await makeKey('k1')).key];
    const claims = { iss: provider.issuer, aud: 'gatehouse', sub: 'subject', login: 'agent' };
    const discovery = { userinfo_signing_alg_values_supported: ['RS256'] };

    provider.lies = { discovery, signedUserInfo: await sign(claims, own) };
    expect(await signIn()).toBe(signedIn);
    provider.lies = { discovery, signedUserInfo: await sign(claims, stranger) };
    expect(await signIn()).toMatch('error=sso_');
  });
});

describe('client credentials at the token endpoint', () => {
  it.each([
    [
      'hyphens, dots and tildes go as they are: many providers do not decode',
      '7f3b-41.a~b_c',
      '7f3b-41.a~b_c',
    ],
    ['what would part the pair is encoded (RFC 6749 section 2.3.1)', 'a:b c%d', 'a%3Ab%20c%25d'],
  ])('%s', async (_title, secret, sent) => {
    await use({ clientId: 'a-client' }, secret);
    provider.lies = { claims: { aud: 'a-client' } };
    expect(await signIn()).toBe(signedIn);
    const { authorization = '' } = provider.asked.findLast(({ path }) => path === '/token') ?? {};
    expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()).toBe(`a-client:${sent}`);
  });
});
