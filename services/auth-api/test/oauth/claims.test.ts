import { createHash } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  type OAuthJson,
  passwordTokens,
  redeem,
  responseOf,
  type TestClient,
  token,
} from '../stack/oauth.ts';

const issuer = `${publicUrl}/auth/v3`;
const userInfoUrl = '/auth/v3/openid/userinfo';

let stack: AuthApi;
let client: TestClient;
let browser: Browser;

beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack);
  browser = createBrowser(stack.app);
  await getCode(stack, browser, client);
});
afterAll(() => stack?.close());

async function tokensFor(parameters: Record<string, string>, of = client): Promise<OAuthJson> {
  return (await redeem(stack, of, await getCode(stack, browser, of, parameters))).json();
}

const askUserInfo = ({ access_token }: OAuthJson) =>
  stack.app.inject({ url: userInfoUrl, headers: { authorization: `Bearer ${access_token}` } });

async function keySet() {
  return createLocalJWKSet((await stack.app.inject('/auth/v3/oauth/jwks')).json<JSONWebKeySet>());
}

const claimsParameter = (value: unknown) => ({ scope: 'openid', claims: JSON.stringify(value) });
const refusalOf = async (parameters: Record<string, string>) =>
  responseOf(await browser.get(authorizeUrl(client, parameters))).get('error');

describe('claims by scope', () => {
  it('openid alone says who it is and no more', async () => {
    const info = (await askUserInfo(await tokensFor({ scope: 'openid' }))).json();

    expect(info).toMatchObject({ sub: expect.any(String), user_name: 'demo\\agent', dbid: 101 });
    for (const name of ['name', 'given_name', 'family_name', 'preferred_username', 'email'])
      expect(info).not.toHaveProperty(name);
    expect(Object.keys(info.properties)).not.toContain('firstName');
    expect(Object.keys(info.properties)).not.toContain('emailAddress');
  });

  it('profile and email add what the Configuration Server knows; no scope means all of it', async () => {
    const asked = (await askUserInfo(await tokensFor({ scope: 'openid profile email' }))).json();
    const everything = (await askUserInfo(await tokensFor({}))).json();

    const known = {
      name: expect.stringMatching(/^\S+ \S+$/),
      given_name: expect.any(String),
      family_name: expect.any(String),
      preferred_username: 'agent',
      email: expect.stringContaining('@'),
    };
    expect(asked).toMatchObject(known);
    expect(everything).toMatchObject(known);
  });

  it('compat: every claim comes with the scope openid, as existing callers read it', async () => {
    const compat = await startAuthApi({ beside: stack, env: { GATEHOUSE_COMPAT_ENABLED: 'true' } });
    const tokens = await passwordTokens(stack, client, { scope: 'openid' });
    const answer = await compat.app.inject({
      url: userInfoUrl,
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(answer.json()).toMatchObject({ email: expect.any(String), given_name: expect.any(String) });
    await compat.close();
  });
});

describe('the claims parameter', () => {
  it('adds single claims to UserInfo or to the ID token, also after a refresh', async () => {
    const tokens = await tokensFor(
      claimsParameter({
        userinfo: { name: { essential: true }, picture: null },
        id_token: { email: null, auth_time: { essential: true } },
      }),
    );
    const renewed = (
      await token(stack, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
    ).json();

    for (const current of [tokens, renewed]) {
      const info = (await askUserInfo(current)).json();
      expect(info.name).toBeTruthy();
      expect(info).not.toHaveProperty('email');
      expect(info).not.toHaveProperty('picture');
      expect(decodeJwt(current.id_token)).toMatchObject({
        email: expect.any(String),
        auth_time: expect.any(Number),
      });
      expect(decodeJwt(current.id_token)).not.toHaveProperty('name');
    }
  });

  it('lets only the user answer that it names by sub', async () => {
    const { sub } = decodeJwt((await tokensFor({ scope: 'openid' })).id_token);
    const own = claimsParameter({ id_token: { sub: { value: sub } } });
    const other = claimsParameter({ id_token: { sub: { value: 'somebody-else' } } });

    expect(await refusalOf({ ...own, prompt: 'none' })).toBeNull();
    expect(await refusalOf({ ...other, prompt: 'none' })).toBe('login_required');
  });

  it('refuses an essential acr that no sign-in here has, and takes one that it has', async () => {
    const essential = (values: string[]) =>
      claimsParameter({ id_token: { acr: { essential: true, values } } });

    expect(await refusalOf(essential(['urn:example:retina-scan']))).toBe('unmet_authentication_requirements');
    expect(await refusalOf(essential(['urn:example:retina-scan', '1']))).toBeNull();
    expect(await refusalOf({ ...essential(['2']), prompt: 'none' })).toBe('login_required');
  });

  it.each([
    'no JSON',
    '[]',
    '"x"',
    '{"userinfo":[]}',
    '{"id_token":{"email":"yes"}}',
    `{"x":"${'y'.repeat(5000)}"}`,
  ])('refuses %.40s', async (claims) => {
    expect(await refusalOf({ scope: 'openid', claims })).toBe('invalid_request');
  });

  it('17: names of prototypes are just unknown claims', async () => {
    const tokens = await tokensFor({
      scope: 'openid',
      claims: '{"userinfo":{"__proto__":null,"constructor":{"essential":true}},"__proto__":{"x":null}}',
    });
    expect((await askUserInfo(tokens)).json()).not.toHaveProperty('x');
  });
});

describe('acr_values is a wish', () => {
  it('that the session grants, or that is worth one sign-in and no refusal', async () => {
    expect(await refusalOf({ acr_values: '1 2' })).toBeNull();
    expect(await refusalOf({ acr_values: '2', prompt: 'none' })).toBeNull();
    expect(await refusalOf({ acr_values: 'urn:example:unknown' })).toBeNull();
    const stepUp = await browser.get(authorizeUrl(client, { acr_values: '2' }));
    expect(stepUp.location).toContain('/auth/sign-in.html');
  });
});

describe('algorithms that a client registers', () => {
  it.each([
    ['RS256', 'sha256', 16],
    ['ES256', 'sha256', 16],
    ['EdDSA', 'sha512', 32],
  ])('%s signs its ID tokens, and at_hash follows', async (alg, hash, length) => {
    const signed = await createClient(stack, { idTokenSignedResponseAlg: alg });

    const { id_token, access_token } = await tokensFor({ scope: 'openid' }, signed);

    const { payload, protectedHeader } = await jwtVerify(id_token, await keySet(), {
      issuer,
      audience: signed.clientId,
    });
    expect(protectedHeader.alg).toBe(alg);
    const half = createHash(hash).update(access_token).digest().subarray(0, length);
    expect(payload['at_hash']).toBe(half.toString('base64url'));
  });

  it('a client that registers userinfoSignedResponseAlg gets UserInfo as a JWT for itself', async () => {
    const signed = await createClient(stack, { userinfoSignedResponseAlg: 'ES256' });
    const tokens = await tokensFor({ scope: 'openid email' }, signed);

    const answer = await askUserInfo(tokens);

    expect(answer.headers['content-type']).toBe('application/jwt');
    const { payload } = await jwtVerify(answer.body, await keySet(), {
      issuer,
      audience: signed.clientId,
      algorithms: ['ES256'],
    });
    expect(payload).toMatchObject({ sub: decodeJwt(tokens.id_token).sub, email: expect.any(String) });
    // 41: it is no ID token, and none is taken for one.
    expect(decodeProtectedHeader(answer.body).typ).toBe('userinfo+jwt');
    expect(await refusalOf({ id_token_hint: answer.body })).toBe('invalid_request');
  });
});
