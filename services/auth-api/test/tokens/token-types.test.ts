/** JWTs of one type, `JWT`: access tokens for software that refuses `at+jwt`, ID tokens, and authorization responses. */
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { exchangeGrant, exchangeToken, refusalOf, urn } from '../stack/exchange.ts';
import {
  authorizeUrl,
  changeClient,
  createClient,
  getCode,
  introspect,
  postForm,
  redeem,
  responseOf,
  type TestClient,
  token,
} from '../stack/oauth.ts';
import { assertionClaims, createClientKey, issuer } from '../stack/signing-client.ts';

let stack: AuthApi;
let client: TestClient;
let observer: TestClient;
let broker: TestClient;

const jwt = { accessTokenFormat: 'jwt', accessTokenTyp: 'JWT' };
const bearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack, {
    ...jwt,
    // The audience is one that an ID token could have.
    audiences: ['an-application'],
    authorizedGrantTypes: ['authorization_code', 'refresh_token'],
    scope: ['openid', 'calls:read'],
  });
  broker = await createClient(stack, {
    ...jwt,
    authorizedGrantTypes: [exchangeGrant],
    tokenExchange: { subjectClients: [client.clientId], idTokens: true },
  });
  observer = await createClient(stack, { internalClient: true });
});
afterAll(() => stack?.close());

async function signedIn(by = client) {
  const browser = createBrowser(stack.app);
  const code = await getCode(stack, browser, by, { scope: 'openid calls:read' });
  const answer = await redeem(stack, by, code);
  expect(answer.status, answer.body).toBe(200);
  const { access_token, id_token, refresh_token } = answer.json();
  return {
    browser,
    accessToken: access_token,
    idToken: id_token as string,
    refreshToken: refresh_token as string,
  };
}
const isActive = async (text: string) => (await introspect(stack, observer, text))['active'];

describe('an access token of the type JWT', () => {
  it('is verified by a resource server that expects this type, with the key set and the audience alone', async () => {
    const { accessToken, refreshToken } = await signedIn();
    const refreshed = await token(stack, client, {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    });
    const exchanged = await exchangeToken(stack, broker, accessToken);
    const keys = createLocalJWKSet((await stack.app.inject('/auth/v3/oauth/jwks')).json<JSONWebKeySet>());

    for (const [text, audience] of [
      [accessToken, 'an-application'],
      [refreshed.json().access_token, 'an-application'],
      [exchanged.json().access_token, broker.clientId],
    ] as const) {
      await jwtVerify(text, keys, { issuer, audience, typ: 'JWT' });
      expect(await isActive(text)).toBe(true);
    }
  });

  it('is accepted for as long as it lives when the client gets the other type meanwhile, and the other way round', async () => {
    const changing = await createClient(stack, { ...jwt, authorizedGrantTypes: ['client_credentials'] });
    const own = async () =>
      (await token(stack, changing, { grant_type: 'client_credentials' })).json().access_token;
    const before = await own();
    await changeClient(stack, changing, { accessTokenTyp: 'at+jwt' });
    const after = await own();

    expect([before, after].map((text) => decodeProtectedHeader(text).typ)).toEqual(['JWT', 'at+jwt']);
    expect([await isActive(before), await isActive(after)]).toEqual([true, true]);
  });

  // attack: access token of the type JWT as ID token | RFC 9068 5, RFC 8725 3.11 | guard: services/auth-api/src/keys/signing-keys/signer.ts
  it('is no ID token: not as a hint, not at token exchange, not at revocation', async () => {
    const { browser, accessToken, idToken } = await signedIn();
    const byIdToken = await exchangeToken(stack, broker, idToken, { subject_token_type: urn('id_token') });
    const hinted = await browser.get(authorizeUrl(client, { prompt: 'none', id_token_hint: accessToken }));
    const exchanged = await exchangeToken(stack, broker, accessToken, {
      subject_token_type: urn('id_token'),
    });
    const revoked = await postForm(stack, 'revoke', { token: accessToken }, observer);

    expect(byIdToken.status, byIdToken.body).toBe(200);
    expect(responseOf(hinted).get('error')).toBe('invalid_request');
    expect(refusalOf(exchanged)).toEqual([400, 'invalid_request']);
    // An ID token would be answered with unsupported_token_type.
    expect(revoked.status).toBe(200);
    expect(await isActive(accessToken)).toBe(true);
  });

  it('is told from ID tokens and authorization responses, which are none', async () => {
    const { browser, idToken } = await signedIn();
    const response = responseOf(await browser.get(authorizeUrl(client, { response_mode: 'jwt' }))).get(
      'response',
    );

    for (const text of [idToken, response ?? '']) {
      expect(decodeProtectedHeader(text).typ).toBe('JWT');
      expect(await introspect(stack, observer, text)).toEqual({ active: false });
      const headers = { authorization: `Bearer ${text}` };
      expect((await stack.app.inject({ url: '/auth/v3/openid/userinfo', headers })).statusCode).toBe(401);
    }
  });

  // attack: access token of a trusted issuer as assertion for a person | RFC 7523 3, RFC 8725 3.11 | guard: services/auth-api/src/core/assertions/verify-jwt.ts
  it('is no assertion, also where another installation of Gatehouse is a trusted issuer', async () => {
    const key = await createClientKey();
    const other = 'https://other-gatehouse.test';
    const trusting = await createClient(stack, {
      authorizedGrantTypes: [bearerGrant],
      jwtBearer: {
        issuers: [{ issuer: other, jwks: { keys: [key.publicJwk] }, contactCenterIds: [contactCenterId] }],
      },
    });
    const redeemed = async (header: object) => {
      const assertion = await key.sign(assertionClaims('agent', { iss: other }), { typ: 'JWT', ...header });
      return token(stack, trusting, { grant_type: bearerGrant, assertion });
    };

    expect((await redeemed({})).status).toBe(200);
    expect(refusalOf(await redeemed({ token_use: 'access_token' }))).toEqual([400, 'invalid_grant']);
  });
});
