import { createHmac } from 'node:crypto';
import { forgedJwt, jwkWithExponent } from '@gatehouse/testing/keys';
import { decodeJwt, generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type HostileProvider,
  type Lies,
  sign,
  startHostileProvider,
} from '../sign-in/sso/stack/hostile-provider.ts';
import { callbackUri, callbackUriOf, localTrial, setSignOn } from '../sign-in/sso/stack/sign-on.ts';
import {
  type AuthApi,
  contactCenterId,
  demoContactCenter,
  publicUrl,
  startAuthApi,
} from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { authorizeUrl, createClient, interactionOf } from '../stack/oauth.ts';

const otherContactCenterId = '44444444-4444-4444-8444-444444444444';

let stack: AuthApi;
let provider: HostileProvider;
let other: HostileProvider;

beforeAll(async () => {
  [stack, provider, other] = await Promise.all([
    startAuthApi({ env: { ...localTrial, GATEHOUSE_OUTBOUND_TIMEOUT_MS: '300' } }),
    startHostileProvider(),
    startHostileProvider(),
  ]);
  stack.environmentApi.contactCenters.set(otherContactCenterId, {
    ...demoContactCenter,
    id: otherContactCenterId,
    domains: ['other'],
  });
  await use(other, {}, otherContactCenterId);
});
afterAll(() => Promise.all([stack?.close(), provider?.close(), other?.close()]));
beforeEach(async () => {
  provider.behave();
  other.behave();
  // Other settings each time, so that nothing is remembered of the provider.
  turn += 1;
  await use(provider, { scopes: ['openid', `turn-${turn}`] });
});

let turn = 0;

const use = (
  { issuer }: HostileProvider,
  changes: NonNullable<Parameters<typeof setSignOn>[1]['oidc']> = {},
  id = contactCenterId,
) =>
  setSignOn(stack, {
    id,
    oidc: { issuer, clientId: 'gatehouse', ...changes },
    clientSecret: 'provider-secret',
  });

interface Leaving {
  browser: Browser;
  state: string;
  nonce: string;
  /** Where it is expected back. */
  callback?: string;
}

async function leave(browser = createBrowser(stack.app), tenant = 'demo'): Promise<Leaving> {
  const answer = await browser.get(`/auth/v3/sso/start?tenant=${tenant}`);
  const { searchParams } = new URL(answer.location ?? '');
  return { browser, state: searchParams.get('state') ?? '', nonce: searchParams.get('nonce') ?? '' };
}

const comeBack = (
  { browser, state, nonce, callback = callbackUri }: Leaving,
  changes: Record<string, string> = {},
) => browser.get(`${callback}?${new URLSearchParams({ state, code: nonce, ...changes })}`);

async function expectRefused(leaving: Leaving, changes: Record<string, string> = {}): Promise<string> {
  const answer = await comeBack(leaving, changes);
  expect(answer.location).toMatch(/\/auth\/sign-in\.html\?error=sso_/);
  expect((await leaving.browser.get('/auth/v3/ping')).status).toBe(403);
  return answer.location ?? '';
}

/** What the log says about the failure that a page tells of. */
function failureOf(page: string): unknown {
  const reference = new URL(page).searchParams.get('reference');
  const lines = stack
    .logged()
    .split('\n')
    .filter((line) => line.includes('sso_failed'));
  return lines.map((line) => JSON.parse(line)).find(({ correlationId }) => correlationId === reference);
}

describe('answers of OpenID Connect providers', () => {
  it('an honest answer signs in: what follows is refused for its own fault', async () => {
    expect((await comeBack(await leave())).location).toBe(`${publicUrl}/auth/signed-in.html`);
  });

  const hmacWithPublicKey = async (claims: object) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const input = `${part({ alg: 'HS256', kid: 'k1' })}.${part(claims)}`;
    const secret = JSON.stringify(provider.key.publicJwk);
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  };
  const unsigned = async (claims: object) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'none' })}.${part(claims)}.`;
  };
  const listsAll = { discovery: { id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'] } };
  const strangersKey = async (claims: Record<string, unknown>) =>
    sign(claims, (await generateKeyPair('RS256')).privateKey);
  const past = Math.floor(Date.now() / 1000) - 3_600;
  const tomorrow = Math.floor(Date.now() / 1000) + 86_400;
  const forgedByExponent: Lies = {
    keys: JSON.stringify({ keys: [{ ...jwkWithExponent(1), kid: 'k1', alg: 'RS256', use: 'sig' }] }),
    idToken: async (claims) => forgedJwt(claims),
  };

  // attack: ID token of a provider that nobody signed | RFC 8725 3.1, ASVS 9.1.1 | guard: services/auth-api/src/sign-in/sso/oidc/id-token-signature.ts
  // attack: ID token of tomorrow, or for thirty years | RFC 8725, OpenID Core 3.1.3.7 | guard: services/auth-api/src/sign-in/sso/oidc/id-token-signature.ts
  // attack: ID token by a key with the exponent 1 | CWE-347 | guard: services/auth-api/src/core/assertions/jwk-weakness.ts
  // attack: asserted name with spaces around it | CWE-178 | guard: services/auth-api/src/sign-in/sso/asserted-person.ts
  it.each<[string, Lies]>([
    ['39 · RFC 8725 3.1: alg none', { idToken: unsigned }],
    ['39 · RFC 8725 2.1: HMAC with the public key', { idToken: hmacWithPublicKey }],
    ['39 · RFC 8725 3.1: alg none that the provider lists', { ...listsAll, idToken: unsigned }],
    ['39 · RFC 8725 2.1: HMAC that the provider lists', { ...listsAll, idToken: hmacWithPublicKey }],
    ['40 · RFC 8725 3.10: a key that the provider does not publish', { idToken: strangersKey }],
    ['62 · Core 3.1.3.7: the audience is another client', { claims: { aud: 'another-client' } }],
    [
      '62 · Core 3.1.3.7: several audiences without azp',
      { claims: { aud: ['gatehouse', 'another'], azp: 'another' } },
    ],
    ['62 · Core 3.1.3.7: the issuer is another', { claims: { iss: 'https://idp.example.com' } }],
    ['25 · Core 3.1.3.7: the nonce is another one', { claims: { nonce: 'of-another-journey' } }],
    ['25 · Core 3.1.3.7: there is no nonce', { claims: { nonce: undefined } }],
    ['62 · Core 3.1.3.7: it has expired', { claims: { iat: past - 60, exp: past } }],
    ['62 · Core 3.1.3.7: it has no expiry', { claims: { exp: undefined } }],
    ['53 · CVE-2026-82968: there is no subject', { claims: { sub: undefined } }],
    ['53 · no ID token at all', { token: { id_token: undefined } }],
    ['53 · the user name is no text', { claims: { preferred_username: ['agent', 'admin'] } }],
    ['53 · the user name is empty', { claims: { preferred_username: ' ' } }],
    ['62 · RFC 8725: it is of tomorrow', { claims: { iat: tomorrow, exp: tomorrow + 60 } }],
    ['62 · it begins tomorrow', { claims: { nbf: tomorrow } }],
    ['62 · it ends in thirty years', { claims: { exp: tomorrow + 30 * 365 * 86_400 } }],
    ['40 · a key with the exponent 1, which signs without a private key', forgedByExponent],
    ['53 · a user name with spaces around it', { claims: { preferred_username: ' agent ' } }],
    [
      '53 · a user name that is another one until it is folded',
      { claims: { preferred_username: 'ａｇｅｎｔ' } },
    ],
    ['40 · a key set that is none', { keys: '{"keys":"all of them"}' }],
    [
      '40 · a key set of symmetric keys',
      { keys: JSON.stringify({ keys: [{ kty: 'oct', k: 'AAAA', kid: 'k1' }] }) },
    ],
    ['71 · a key set without end', { keys: `{"keys":[${'{"kty":"RSA"},'.repeat(40_000)}{}]}` }],
    [
      '71 · the token endpoint is an address of this network',
      { discovery: { token_endpoint: 'http://169.254.169.254/t' } },
    ],
    ['12 · discovery names another issuer', { discovery: { issuer: 'https://idp.example.com' } }],
  ])('%s → refused', async (_title, lies) => {
    provider.lies = lies;
    const answer = await createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo');
    if (answer.location?.includes('error=sso_unavailable')) return;
    const browser = createBrowser(stack.app);
    await expectRefused(await leave(browser));
  });

  const byEmail = { userNameClaim: 'email', userLookup: 'email' } as const;
  const email = 'agent@example.com';

  // attack: account taken by an unverified address | CVE-2023-0105, ASVS 10.5.2 | guard: services/auth-api/src/sign-in/sso/oidc/relying-party.ts
  it.each([
    [undefined, {}],
    [false, {}],
    ['false', {}],
    [false, { assumeVerifiedEmail: true }],
    [null, { assumeVerifiedEmail: true }],
    [1, { assumeVerifiedEmail: true }],
  ])(
    '53 · an e-mail address that the provider has not verified (%j, settings %j) names nobody',
    async (verified, settings) => {
      await use(provider, { ...byEmail, ...settings });
      provider.lies = { claims: { email, email_verified: verified } };
      expect(failureOf(await expectRefused(await leave()))).toMatchObject({ reason: 'email_unverified' });
    },
  );

  it.each([
    [true, {}],
    ['true', {}],
    [undefined, { assumeVerifiedEmail: true }],
  ])(
    'one that it has verified, or that is taken for it (%j, settings %j), signs in',
    async (verified, settings) => {
      await use(provider, { ...byEmail, ...settings });
      provider.lies = { claims: { email, email_verified: verified } };
      expect((await comeBack(await leave())).location).toBe(`${publicUrl}/auth/signed-in.html`);
    },
  );

  // attack: verification of one address lent to another | ASVS 10.5.2 | guard: services/auth-api/src/sign-in/sso/oidc/user-info.ts
  it('53 · UserInfo and ID token verify the address that they name, and no other', async () => {
    await use(provider, { ...byEmail, userInfo: true });
    const userInfo = { sub: 'subject', email_verified: true };
    for (const named of ['mallory@example.com', undefined]) {
      provider.lies = { claims: { email }, userInfo: { ...userInfo, email: named } };
      await expectRefused(await leave());
    }
    for (const verified of [false, undefined]) {
      const unverified = { ...userInfo, email, email_verified: verified };
      provider.lies = { claims: { email_verified: true }, userInfo: unverified };
      await expectRefused(await leave());
    }
    for (const claims of [{ email }, {}]) {
      provider.lies = { claims, userInfo: { ...userInfo, email } };
      expect((await comeBack(await leave())).location).toBe(`${publicUrl}/auth/signed-in.html`);
    }
  });

  // attack: provider that sends browsers to plain http | RFC 9700 2.6 | guard: services/auth-api/src/sign-in/sso/browser-address.ts
  it.each(['authorization_endpoint', 'end_session_endpoint'])(
    '71 · no browser is sent to an %s without TLS',
    async (name) => {
      for (const address of ['http://idp.example.com/go', 'javascript:alert(1)']) {
        provider.lies = { discovery: { [name]: address } };
        const answer = await createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo');
        expect(answer.location).toMatch('error=sso_unavailable');
      }
    },
  );

  it('53 · UserInfo of another subject adds nothing (Core 5.3.2)', async () => {
    await use(provider, { userInfo: true });
    provider.lies = {
      claims: { preferred_username: undefined },
      userInfo: { sub: 'another', preferred_username: 'admin' },
    };
    await expectRefused(await leave());
  });

  // attack: mix-up of two identity providers | RFC 9207 2.4, ASVS 10.2.2 | guard: services/auth-api/src/sign-in/sso/oidc/relying-party.ts
  it('12 · mix-up (RFC 9207): an answer that names another issuer is not redeemed there', async () => {
    const leaving = await leave();
    const before = provider.asked.length;
    const page = await expectRefused(leaving, { iss: other.issuer });
    expect(provider.asked.slice(before).filter(({ path }) => path === '/token')).toHaveLength(0);
    expect(failureOf(page)).toMatchObject({
      reason: 'wrong_issuer',
      detail: `wrong_issuer: iss of the answer is ${other.issuer}, expected ${provider.issuer}`,
    });
  });

  it('12 · mix-up (RFC 9207): a provider that promises iss is not believed without it', async () => {
    provider.lies = { discovery: { authorization_response_iss_parameter_supported: true } };
    expect(failureOf(await expectRefused(await leave()))).toMatchObject({ reason: 'wrong_issuer' });
    expect((await comeBack(await leave(), { iss: provider.issuer })).location).toBe(
      `${publicUrl}/auth/signed-in.html`,
    );
  });

  it.each([
    ['where it is sent, when the issuer is a claim of the settings', true],
    ['the issuer that was discovered', false],
  ])('38 · our client assertion is meant for %s (RFC 7523 section 3)', async (_title, isByHand) => {
    const { issuer } = provider;
    await use(provider, {
      tokenEndpointAuthMethod: 'private_key_jwt',
      ...(isByHand
        ? {
            issuer: 'https://idp.example.com',
            authorizationEndpoint: `${issuer}/authorize`,
            tokenEndpoint: `${issuer}/token`,
            jwksUri: `${issuer}/jwks`,
          }
        : {}),
    });
    await comeBack(await leave());
    const { form } = provider.asked.findLast(({ path }) => path === '/token') ?? {};
    expect(decodeJwt(form?.['client_assertion'] ?? '').aud).toBe(isByHand ? `${issuer}/token` : issuer);
  });

  it('57 · a provider of one contact centre lets nobody into another', async () => {
    const mine = await leave();
    const theirs = await leave(mine.browser, 'other');
    // The state of one journey with the code of the other: redeemed where the state belongs, and refused there.
    other.lies = { claims: { iss: provider.issuer, nonce: mine.nonce } };
    await expectRefused({
      ...mine,
      state: theirs.state,
      callback: callbackUriOf(otherContactCenterId),
    });
  });

  // attack: code of one contact centre brought to another's provider | RFC 9700 4.4.2 | guard: services/auth-api/src/sign-in/sso/oidc/callback.ts
  it('12 · mix-up (RFC 9700 4.4): a code of one contact centre is brought to no provider of another', async () => {
    const attackers = await leave();
    // The other provider sends its visitor on to ours, with a request that the attacker has begun; ours answers where it
    // always does.
    const victims = await leave(createBrowser(stack.app), 'other');
    const before = other.asked.length;
    const page = await expectRefused({ ...victims, nonce: attackers.nonce, callback: callbackUri });
    expect(failureOf(page)).toMatchObject({ reason: 'wrong_destination' });
    expect(other.asked.slice(before).filter(({ path }) => path === '/token')).toHaveLength(0);
  });

  it('12 · providers are told an address of the contact centre and location, and answers count there alone', async () => {
    const asked = async (tenant: string) => {
      const { location } = await createBrowser(stack.app).get(`/auth/v3/sso/start?tenant=${tenant}`);
      return new URL(location ?? '').searchParams.get('redirect_uri');
    };
    expect([await asked('demo'), await asked('other')]).toEqual([
      callbackUri,
      callbackUriOf(otherContactCenterId),
    ]);
    await expectRefused({ ...(await leave()), callback: callbackUri.replace(/-$/, 'USW1') });
    for (const nowhere of ['/auth/v3/sso/oidc/callback', `${callbackUri}~`, callbackUriOf('nobody')])
      expect((await comeBack({ ...(await leave()), callback: nowhere })).status).toBe(404);
  });

  // attack: replay of the answer of a provider | CVE-2025-46815 | guard: services/auth-api/src/sign-in/sso/login/flow-store.ts
  it('20, 25 · an answer counts once, and only in the browser that left', async () => {
    const leaving = await leave();
    const stranger = await comeBack({ ...leaving, browser: createBrowser(stack.app) });
    expect(stranger.status).toBe(400);
    expect((await comeBack(leaving)).location).toBe(`${publicUrl}/auth/signed-in.html`);
    expect((await comeBack(leaving)).status).toBe(400);
  });

  it('20 · of fifty answers at once one is redeemed', async () => {
    const leaving = await leave();
    const before = provider.asked.length;
    await Promise.all(Array.from({ length: 50 }, () => comeBack(leaving)));
    expect(provider.asked.slice(before).filter(({ path }) => path === '/token')).toHaveLength(1);
  });

  // attack: answer of a provider with parameters given twice | CVE-2026-9689 | guard: services/auth-api/src/sign-in/sso/oidc/callback.ts
  it('17 · parameters that come twice are refused', async () => {
    const { browser, state, nonce } = await leave();
    const answer = await browser.get(`${callbackUri}?state=${state}&code=${nonce}&code=another`);
    expect(answer.location).toMatch('error=sso_failed');
  });

  // attack: attacker's answer brought by the victim's browser | RFC 9700 4.7, ASVS 10.2.1 | guard: services/auth-api/src/sign-in/sso/oidc/callback.ts
  it('45 · login CSRF: a code that an attacker begins with ends in no browser of others', async () => {
    const attackers = await leave();
    const victim = createBrowser(stack.app);
    await victim.get('/auth/v3/sso/start?tenant=demo');
    const answer = await comeBack({ ...attackers, browser: victim });
    expect(answer.status).toBe(400);
    expect((await victim.get('/auth/v3/ping')).status).toBe(403);
  });

  describe('45 · login CSRF: the answer to an attacker, brought by the browser of a victim that is under way itself', () => {
    const answerOf = ({ state, nonce }: Leaving) => ({ state, code: nonce });
    const crossSite = { origin: 'https://evil.example' };

    it.each<[string, (victim: Browser, attackers: Leaving) => Promise<{ status: number }>]>([
      [
        'by a form of another site',
        async (victim, attackers) => {
          const posted = await victim.postForm(callbackUri, answerOf(attackers), crossSite);
          expect(posted.status).toBe(303);
          return victim.get(posted.location ?? '');
        },
      ],
      [
        'by a link to what the attacker has posted',
        async (victim, attackers) => {
          const posted = await attackers.browser.postForm(callbackUri, answerOf(attackers), crossSite);
          return victim.get(posted.location ?? '');
        },
      ],
      ['by an error', ({ get }, { state }) => get(`${callbackUri}?state=${state}&error=access_denied`)],
    ])('%s, changes nothing for either', async (_way, bring) => {
      await use(provider, { responseMode: 'form_post' });
      const attackers = await leave();
      const victims = await leave();

      expect((await bring(victims.browser, attackers)).status).toBe(400);

      expect((await victims.browser.get('/auth/v3/ping')).status).toBe(403);
      expect((await comeBack(victims)).location).toBe(`${publicUrl}/auth/signed-in.html`);
      expect((await comeBack(attackers)).location).toBe(`${publicUrl}/auth/signed-in.html`);
    });
  });

  it('6 · nothing in the answer decides where the browser goes', async () => {
    const answer = await comeBack(await leave(), {
      redirect_uri: 'https://evil.example',
      target: 'https://evil.example',
    });
    expect(answer.location).toBe(`${publicUrl}/auth/signed-in.html`);
  });

  // attack: old sign-in at the provider passed off as a new one | ASVS 7.5.3, CVE-2023-3597 | guard: services/auth-api/src/sign-in/sso/asserted-person.ts
  it('18 · prompt=login: an old sign-in at the provider does not pass for a new one', async () => {
    const client = await createClient(stack);
    const browser = createBrowser(stack.app);
    const begun = await browser.get(authorizeUrl(client, { tenant: 'demo', prompt: 'login' }));
    const leaving = new URL((await browser.get(begun.location ?? '')).location ?? '').searchParams;
    expect(leaving.get('prompt')).toBe('login');
    provider.lies = { claims: { auth_time: Math.floor(Date.now() / 1000) - 7_200 } };
    const back = await comeBack({
      browser,
      state: leaving.get('state') ?? '',
      nonce: leaving.get('nonce') ?? '',
    });
    expect(back.location).toMatch('/auth/sign-in.html?error');
    expect((await browser.get('/auth/v3/ping')).status).toBe(403);
  });

  it.each([{ prompt: 'login' }, { max_age: '0' }, { max_age: '3600' }])(
    '18 · %j: a sign-in beside it, at a time that the provider does not tell, is no new one',
    async (wish) => {
      const client = await createClient(stack);
      const browser = createBrowser(stack.app);
      const begun = await browser.get(authorizeUrl(client, { tenant: 'demo', ...wish }));
      const interaction = interactionOf(begun);
      expect((await comeBack(await leave(browser))).location).toBe(`${publicUrl}/auth/signed-in.html`);
      const resumed = await browser.get(`/auth/v3/oauth/authorize/resume?interaction=${interaction}`);
      expect(resumed.location).toMatch(`${publicUrl}/auth/sign-in.html?interaction=`);
    },
  );

  it('69 · a provider that never answers costs bounded time and no sign-in', async () => {
    const leaving = await leave();
    provider.lies = { silent: true };
    const startedMs = performance.now();
    await expectRefused(leaving);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it('69 · SAML metadata that never comes costs bounded time and no sign-in', async () => {
    provider.lies = { silent: true };
    await setSignOn(stack, { saml: { idpMetadataUrl: `${provider.issuer}/metadata` } });
    const startedMs = performance.now();
    const answer = await createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo');
    expect(answer.location).toMatch('error=sso_unavailable');
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it('68 · the client secret, codes and ID tokens of the provider are in no log line', async () => {
    let idToken = '';
    provider.lies = {
      idToken: async (claims) => {
        idToken = await sign(claims, provider.key.privateKey);
        return idToken;
      },
    };
    const leaving = await leave();
    await comeBack(leaving);
    expect(idToken).not.toBe('');
    for (const secret of ['provider-secret', idToken, leaving.state, leaving.nonce])
      expect(stack.logged()).not.toContain(secret);
    const kept = await stack.deps.stores.redis.keys('*');
    expect(JSON.stringify(kept)).not.toContain(leaving.state);
  });
});
