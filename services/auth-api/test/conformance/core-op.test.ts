/** The modules of the OpenID Foundation's plans Basic, Implicit and Hybrid OP and of their plans by form post, under their names, against the running service. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import {
  createRelyingParty,
  type RelyingParty,
  type RelyingPartyOptions,
  type ResponseType,
  type SignedIn,
} from './relying-party.ts';

let stack: AuthApi;
let skewMs = 0;

beforeAll(async () => {
  stack = await startAuthApi({ now: () => Date.now() + skewMs });
});
afterAll(() => stack?.close());

const later = (ms: number) => {
  skewMs += ms;
};

const plans = (['code', 'id_token', 'id_token token', 'code id_token'] as ResponseType[]).flatMap(
  (responseType): [string, RelyingPartyOptions & { responseType: ResponseType }][] => [
    [`response_type=${responseType}`, { responseType }],
    [`response_type=${responseType}, response_mode=form_post`, { responseType, responseMode: 'form_post' }],
  ],
);

describe.each(plans)('%s', (_plan, options) => {
  const { responseType } = options;
  const hasCode = responseType.includes('code');
  /** Without an access token, UserInfo cannot be asked, and the ID token has the claims (Core section 5.4). */
  const hasUserInfo = responseType !== 'id_token';
  const create = (more: RelyingPartyOptions = {}) => createRelyingParty(stack, { ...options, ...more });
  const claimsOf = async ({ tokens, idToken }: SignedIn): Promise<Record<string, unknown>> =>
    hasUserInfo ? (await rp.userInfo(tokens.access_token)).body : idToken;
  let rp: RelyingParty;

  beforeAll(async () => {
    rp = await create();
    await rp.signIn();
  });

  it('oidcc-server, oidcc-idtoken-signature: what the type names, ID token with acr and auth_time, UserInfo', async () => {
    const signedIn = await rp.signIn();
    const { tokens, idToken } = signedIn;

    expect(idToken).toMatchObject({ acr: '1', auth_time: expect.any(Number), sub: expect.any(String) });
    if (hasUserInfo) expect(Number(tokens.expires_in)).toBeGreaterThan(0);
    expect((await claimsOf(signedIn))['sub']).toBe(idToken.sub);
  });

  it('oidcc-response-type-missing: invalid_request', async () => {
    expect((await rp.authorize({ response_type: '' })).fields['error']).toBe('invalid_request');
  });

  it.runIf(hasUserInfo)('oidcc-userinfo-get, -post-header, -post-body: the same user', async () => {
    const { tokens, idToken } = await rp.signIn();
    for (const how of ['get', 'post-header', 'post-body'] as const) {
      const answer = await rp.userInfo(tokens.access_token, how);
      expect([answer.status, answer.body['sub']]).toEqual([200, idToken.sub]);
    }
  });

  it.runIf(responseType === 'code')('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
    const { idToken } = await rp.signIn({ nonce: '' });
    expect(idToken).not.toHaveProperty('nonce');
  });

  it.runIf(responseType !== 'code')('oidcc-ensure-request-without-nonce-fails: invalid_request', async () => {
    expect((await rp.authorize({ nonce: '' })).fields['error']).toBe('invalid_request');
  });

  it.each([
    ['oidcc-scope-profile', 'openid profile', ['name', 'given_name', 'family_name', 'preferred_username']],
    ['oidcc-scope-email', 'openid email', ['email']],
    ['oidcc-scope-all', 'openid profile email address phone', ['name', 'email']],
    ['oidcc-ensure-other-scope-order-succeeds', 'email openid', ['email']],
  ])('%s', async (_module, scope, names) => {
    const signedIn = await rp.signIn({ scope });
    const claims = await claimsOf(signedIn);

    for (const name of names) expect(claims[name], name).toEqual(expect.any(String));
    expect(claims['sub']).toBe(signedIn.idToken.sub);
    // Section 5.4: what a scope stands for comes with UserInfo.
    if (hasUserInfo) expect(signedIn.idToken).not.toHaveProperty('name');
  });

  it.each([
    ['oidcc-display-page', { display: 'page' }],
    ['oidcc-display-popup', { display: 'popup' }],
    ['oidcc-ui-locales', { ui_locales: 'se de-CH' }],
    ['oidcc-claims-locales', { claims_locales: 'se' }],
    ['oidcc-login-hint', { login_hint: 'buffy@example.com' }],
    ['oidcc-ensure-request-with-unknown-parameter-succeeds', { extra: 'foobar' }],
    ['oidcc-max-age-10000', { max_age: '10000' }],
  ] as [string, Record<string, string>][])(
    '%s: succeeds, without asking a signed-in user',
    async (_module, more) => {
      expect((await rp.signIn(more)).pages).toEqual([]);
    },
  );

  it('oidcc-ensure-request-with-acr-values-succeeds: one of those that discovery names', async () => {
    const { acr_values_supported } = (
      await stack.app.inject('/auth/v3/.well-known/openid-configuration')
    ).json() as { acr_values_supported: string[] };
    const { idToken } = await rp.signIn({ acr_values: acr_values_supported.join(' ') });
    expect(acr_values_supported).toContain(idToken['acr']);
  });

  it('oidcc-prompt-login: asks again, and the ID token says when', async () => {
    const first = await rp.signIn();
    later(2000);
    const second = await rp.signIn({ prompt: 'login' });

    expect(second.pages).toEqual(['/auth/sign-in.html']);
    expect(Number(second.idToken['auth_time'])).toBeGreaterThan(Number(first.idToken['auth_time']));
    expect(second.idToken.sub).toBe(first.idToken.sub);
  });

  it('oidcc-prompt-none-not-logged-in: login_required', async () => {
    expect((await (await create()).authorize({ prompt: 'none' })).fields['error']).toBe('login_required');
  });

  it('oidcc-prompt-none-logged-in: the same sign-in, no page', async () => {
    const first = await rp.signIn();
    later(2000);
    const second = await rp.signIn({ prompt: 'none' });

    expect(second.pages).toEqual([]);
    expect(second.idToken).toMatchObject({ sub: first.idToken.sub, auth_time: first.idToken['auth_time'] });
  });

  it('oidcc-max-age-1: asks again when that long has passed', async () => {
    const first = await rp.signIn();
    later(2000);
    const second = await rp.signIn({ max_age: '1' });

    expect(second.pages).toEqual(['/auth/sign-in.html']);
    expect(Number(second.idToken['auth_time'])).toBeGreaterThan(Number(first.idToken['auth_time']));
  });

  it('oidcc-id-token-hint: prompt=none for the user of an earlier ID token', async () => {
    const first = await rp.signIn();
    const second = await rp.signIn({ prompt: 'none', id_token_hint: first.tokens.id_token });
    expect(second.idToken.sub).toBe(first.idToken.sub);
  });

  it.runIf(hasCode)(
    'oidcc-codereuse and oidcc-codereuse-30seconds: invalid_grant, and what was issued is revoked',
    async () => {
      const { fields, tokens } = await rp.signIn();
      expect((await rp.userInfo(tokens.access_token)).status).toBe(200);
      later(30_000);

      const again = await rp.redeem(fields['code'] ?? '');

      expect([again.status, again.json().error]).toEqual([400, 'invalid_grant']);
      const refused = await rp.userInfo(tokens.access_token);
      expect([refused.status, refused.challenge]).toEqual([401, expect.stringContaining('invalid_token')]);
      expect((await rp.refresh(tokens.refresh_token)).json().error).toBe('invalid_grant');
    },
  );

  it('oidcc-ensure-registered-redirect-uri: a page, and nothing goes to the address', async () => {
    const page = await rp.authorizeToPage({ redirect_uri: `${rp.redirectUri}/another` });
    expect(page.status).toBe(400);
    expect(page.headers['content-type']).toContain('text/html');
  });

  it('oidcc-ensure-redirect-uri-in-authorization-request: a page where it is missing', async () => {
    expect((await rp.authorizeToPage({ redirect_uri: '' })).status).toBe(400);
  });

  it('oidcc-redirect-uri-query-OK, -mismatch, -added and -regfrag', async () => {
    const query = await create({ registration: { redirectURIs: ['https://rp.test/callback?foo=bar'] } });
    expect((await query.signIn()).pages).toEqual(['/auth/sign-in.html']);

    expect((await query.authorizeToPage({ redirect_uri: 'https://rp.test/callback?foo=baz' })).status).toBe(
      400,
    );
    expect((await rp.authorizeToPage({ redirect_uri: `${rp.redirectUri}?foo=bar` })).status).toBe(400);
    await expect(
      create({ registration: { redirectURIs: ['https://rp.test/callback#foobar'] } }),
    ).rejects.toThrow('fragment');
  });

  it('oidcc-ensure-post-request-succeeds: also for a user who is signed in already', async () => {
    const fresh = await create();
    expect((await fresh.signIn({}, 'POST')).pages).toEqual(['/auth/sign-in.html']);
    expect((await fresh.signIn({}, 'POST')).pages).toEqual([]);
    expect((await fresh.signIn({ prompt: 'none' }, 'POST')).pages).toEqual([]);
  });

  it.runIf(hasCode)('oidcc-server-client-secret-post', async () => {
    const posting = await create({ authentication: 'client_secret_post' });
    expect((await posting.signIn()).tokens.access_token).toBeTruthy();
  });

  it('oidcc-request-uri-unsigned, -signed-rs256: refused by name', async () => {
    const { fields } = await rp.authorize({ request_uri: 'https://rp.test/requests/1' });
    expect(fields['error']).toBe('request_uri_not_supported');
  });

  it('oidcc-claims-essential: the name comes with UserInfo, or with the ID token where it is asked there', async () => {
    const place = hasUserInfo ? 'userinfo' : 'id_token';
    const claims = JSON.stringify({ [place]: { name: { essential: true } } });
    const signedIn = await rp.signIn({ claims });

    expect((await claimsOf(signedIn))['name']).toEqual(expect.any(String));
    if (hasUserInfo) expect(signedIn.idToken).not.toHaveProperty('name');
  });

  it.runIf(hasCode)(
    'oidcc-refresh-token: offline_access with consent; new tokens of the same user, for this client alone',
    async () => {
      const first = await rp.signIn({ scope: 'openid offline_access', prompt: 'consent' });
      expect(first.pages).toEqual(['/auth/consent.html']);

      const stranger = await create();
      expect((await stranger.refresh(first.tokens.refresh_token)).json().error).toBe('invalid_grant');
      const renewed = (await rp.refresh(first.tokens.refresh_token)).json();

      expect(renewed.access_token).not.toBe(first.tokens.access_token);
      // Core section 12.2: iss, sub and aud are checked by the relying party; auth_time stays.
      const idToken = await rp.verifyIdToken(renewed.id_token);
      expect(idToken).toMatchObject({ sub: first.idToken.sub, auth_time: first.idToken['auth_time'] });
      expect((await rp.userInfo(renewed.access_token)).status).toBe(200);
    },
  );

  it.runIf(hasCode)('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
    const { fields } = await rp.authorize({
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    expect((await rp.redeem(fields['code'] ?? '', { code_verifier: verifier })).status).toBe(200);
  });

  it('a consent that was given is not asked for again, and the session survives all of it', async () => {
    const careful = await create({ registration: { requireConsent: true } });
    expect((await careful.signIn()).pages).toEqual(['/auth/sign-in.html', '/auth/consent.html']);
    expect((await careful.signIn()).pages).toEqual([]);
  });
});

describe('oidcc-unsigned-request-object, oidcc-ensure-request-object-with-redirect-uri', () => {
  it('is refused by name, as discovery says: none is not among the algorithms', async () => {
    const rp = await createRelyingParty(stack);
    const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { client_id: rp.clientId, redirect_uri: rp.redirectUri, response_type: 'code' };
    const request = `${text({ alg: 'none' })}.${text(claims)}.`;

    const { fields } = await rp.authorize({ request });

    expect(fields['error']).toBe('request_not_supported');
  });
});
