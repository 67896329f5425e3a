import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, environmentId, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { createClient, introspect, passwordTokens, type TestClient, token } from '../stack/oauth.ts';

const issuer = `${publicUrl}/auth/v3`;

let stack: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack);
});
afterAll(() => stack?.close());

const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

describe('userinfo', () => {
  it('is the compat view of the user', async () => {
    const { access_token } = await passwordTokens(stack, client);

    const answer = await stack.app.inject({ url: '/auth/v3/userinfo', headers: bearer(access_token) });

    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toMatchObject({
      username: 'demo\\agent',
      loginName: 'agent',
      cmeUserName: 'agent',
      contactCenterId,
      environmentId,
      dbid: 101,
      authorities: expect.any(Array),
      properties: expect.any(Object),
    });
  });

  it.each([
    ['every scope', {}, ['firstName', 'emailAddress']],
    ['profile', { scope: 'profile' }, ['firstName']],
    ['read', { scope: 'read' }, []],
  ])('shows in every form what the scope stands for: with %s %j', async (_scope, form, shown) => {
    const { access_token } = await passwordTokens(stack, client, form as Record<string, string>);
    const [plain, signed] = await Promise.all([
      stack.app.inject({ url: '/auth/v3/userinfo', headers: bearer(access_token) }),
      stack.app.inject({ url: '/auth/v3/jwt-userinfo', headers: bearer(access_token) }),
    ]);
    for (const details of [plain.json(), decodeJwt(String(signed.headers['x-gws-user']))]) {
      expect(['firstName', 'emailAddress'].filter((name) => name in details.properties)).toEqual(shown);
      expect(details).toMatchObject({ username: 'demo\\agent', properties: { tenantDBID: '101' } });
    }
  });

  it('accepts an empty body under a JSON content type and the scheme in any case', async () => {
    const { access_token } = await passwordTokens(stack, client);
    const answer = await stack.app.inject({
      url: '/auth/v3/userinfo',
      headers: { authorization: `bEARER ${access_token}`, 'content-type': 'application/json', accept: '*/*' },
    });
    expect(answer.statusCode).toBe(200);
  });

  it('has the OpenID Connect form by GET and by POST, with the token in header or form', async () => {
    const { access_token } = await passwordTokens(stack, client, { scope: 'openid' });
    const url = '/auth/v3/openid/userinfo';
    const form = { 'content-type': 'application/x-www-form-urlencoded' };

    const answers = await Promise.all([
      stack.app.inject({ url, headers: bearer(access_token) }),
      stack.app.inject({ method: 'POST', url, headers: bearer(access_token) }),
      stack.app.inject({ method: 'POST', url, headers: form, payload: `access_token=${access_token}` }),
    ]);

    const { sub } = await introspect(stack, client, access_token);
    for (const answer of answers) {
      expect(answer.json()).toMatchObject({
        sub,
        aud: client.clientId,
        user_name: 'demo\\agent',
        environment_id: environmentId,
        contact_center_id: contactCenterId,
      });
    }
  });

  it('answers every misuse as RFC 6750 says', async () => {
    const { access_token, refresh_token } = await passwordTokens(stack, client, { scope: 'read' });
    const own = (await token(stack, client, { grant_type: 'client_credentials' })).json().access_token;
    const url = '/auth/v3/openid/userinfo';
    const get = (headers: Record<string, string>) => stack.app.inject({ url, headers });

    const missing = await get({});
    expect([missing.statusCode, missing.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^Bearer realm="gatehouse", resource_metadata="[^"]+"$/),
    ]);
    for (const bad of [bearer('made-up'), bearer(refresh_token), { authorization: 'Basic eDp5' }]) {
      const answer = await get(bad);
      expect([answer.statusCode, answer.json().error]).toEqual([401, 'invalid_token']);
    }
    for (const weak of [bearer(access_token), bearer(own)]) {
      const answer = await get(weak);
      expect([answer.statusCode, answer.json().error]).toEqual([403, 'insufficient_scope']);
    }
    const twice = await stack.app.inject({
      method: 'POST',
      url,
      headers: { ...bearer(access_token), 'content-type': 'application/x-www-form-urlencoded' },
      payload: `access_token=${access_token}`,
    });
    expect([twice.statusCode, twice.json().error]).toEqual([400, 'invalid_request']);
  });

  // attack: ID token as access token | RFC 8725 3.11 | guard: services/auth-api/src/keys/signing-keys/signer.ts
  it('41: takes no ID token for an access token', async () => {
    const { id_token } = await passwordTokens(stack, client, { scope: 'openid' });
    const answer = await stack.app.inject({ url: '/auth/v3/userinfo', headers: bearer(id_token) });
    expect(answer.statusCode).toBe(401);
  });
});

describe('discovery', () => {
  it.each([
    '/auth/v3/.well-known/openid-configuration',
    '/.well-known/openid-configuration/auth/v3',
    '/.well-known/oauth-authorization-server/auth/v3',
  ])('is at %s, the same everywhere, whatever the Host says (15)', async (url) => {
    const answer = await stack.app.inject({
      url,
      headers: { host: 'evil.test', 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'http' },
    });

    expect(answer.statusCode).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.body).not.toContain('evil');
    expect(answer.json()).toMatchObject({
      issuer,
      jwks_uri: `${issuer}/oauth/jwks`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: expect.arrayContaining(['code', 'code id_token']),
      response_modes_supported: expect.arrayContaining(['query', 'fragment', 'form_post']),
      claims_parameter_supported: true,
      request_uri_parameter_supported: false,
      authorization_response_iss_parameter_supported: true,
    });
  });

  it('announces only routes that are there', async () => {
    const document = (await stack.app.inject('/auth/v3/.well-known/openid-configuration')).json() as Record<
      string,
      unknown
    >;
    const endpoints = Object.entries(document).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name));
    expect(endpoints.length).toBeGreaterThan(5);
    for (const [name, url] of endpoints) {
      const path = String(url).replace(publicUrl, '');
      const found =
        stack.app.hasRoute({ method: 'GET', url: path }) || stack.app.hasRoute({ method: 'POST', url: path });
      expect(found, name).toBe(true);
    }
  });

  // attack: private keys in the published key set | RFC 7517 9.2 | guard: services/auth-api/src/keys/signing-keys/jwks.ts
  it('43: publishes public members of the signing keys only', async () => {
    const answer = await stack.app.inject('/auth/v3/oauth/jwks');

    const { keys } = answer.json<{ keys: Record<string, string>[] }>();
    const members = new Set(keys.map((key) => `${key['alg']}: ${Object.keys(key).sort().join(' ')}`));
    expect([...members]).toEqual([
      'RS256: alg e kid kty n use',
      'ES256: alg crv kid kty use x y',
      'EdDSA: alg crv kid kty use x',
    ]);
  });
});
