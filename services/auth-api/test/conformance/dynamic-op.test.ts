/**
 * The modules of the plan Dynamic OP for the response type `code`, whose client registers itself. The modules that do not depend
 * on this are in `core-op.test.ts` and `config-op.test.ts`; those of single members are in `registry/registration`.
 */
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { type ClientKey, createClientKey, startKeyServer } from '../stack/signing-client.ts';
import { createRelyingParty, issuer, type RelyingPartyOptions } from './relying-party.ts';

const initialToken = 'initial-access-token-of-the-tests-00';
const redirectUri = 'https://rp.test/callback';

let stack: AuthApi;

beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_MODE: 'local',
      GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true',
      GATEHOUSE_REGISTRATION_TOKEN: initialToken,
      GATEHOUSE_REGISTRATION_REQUIRE_PKCE: 'false',
    },
  });
});
afterAll(() => stack?.close());

async function register(metadata: Record<string, unknown>) {
  const answer = await stack.app.inject({
    method: 'POST',
    url: '/auth/v3/oauth/register',
    headers: { authorization: `Bearer ${initialToken}` },
    payload: {
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      ...metadata,
    },
  });
  return { status: answer.statusCode, json: answer.json<Record<string, string>>() };
}

async function registeredParty(metadata: Record<string, unknown> = {}, options: RelyingPartyOptions = {}) {
  const { status, json } = await register(metadata);
  expect(status, JSON.stringify(json)).toBe(201);
  const { client_id: clientId = '', client_secret: clientSecret } = json;
  return createRelyingParty(stack, { ...options, client: { clientId, clientSecret, redirectUri } });
}

/** The key of the client is at an address of its own, and may be replaced there. */
async function partyWithKey() {
  const keyServer = await startKeyServer();
  onTestFinished(keyServer.close);
  let key: ClientKey;
  const replaceKey = async () => {
    key = await createClientKey('RS256');
    keyServer.serve({ keys: [key.publicJwk] });
  };
  await replaceKey();
  const metadata = { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: keyServer.url };
  return { rp: await registeredParty(metadata, { key: () => key }), replaceKey };
}

it('oidcc-server: a client that registered itself signs in, and reads UserInfo', async () => {
  const rp = await registeredParty();
  const { tokens, idToken } = await rp.signIn();

  expect((await rp.userInfo(tokens.access_token)).body['sub']).toBe(idToken.sub);
});

it('oidcc-idtoken-rs256: the algorithm that was registered signs', async () => {
  const rp = await registeredParty({ id_token_signed_response_alg: 'RS256' });

  expect(decodeProtectedHeader((await rp.signIn()).tokens.id_token).alg).toBe('RS256');
});

it('oidcc-idtoken-unsigned: cannot be registered, as discovery says', async () => {
  const { status, json } = await register({ id_token_signed_response_alg: 'none' });

  expect([status, json['error']]).toEqual([400, 'invalid_client_metadata']);
});

it('oidcc-userinfo-rs256: UserInfo is a signed JWT for the client', async () => {
  const rp = await registeredParty({ userinfo_signed_response_alg: 'RS256' });
  const { tokens, idToken } = await rp.signIn();
  const answer = await stack.app.inject({
    url: '/auth/v3/openid/userinfo',
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });

  expect(answer.headers['content-type']).toContain('application/jwt');
  const keys = (await stack.app.inject('/auth/v3/oauth/jwks')).json<JSONWebKeySet>();
  const { payload } = await jwtVerify(answer.body, createLocalJWKSet(keys), {
    algorithms: ['RS256'],
    audience: rp.clientId,
    issuer,
  });
  expect(payload.sub).toBe(idToken.sub);
});

it('oidcc-ensure-client-assertion-with-iss-aud-succeeds, oidcc-registration-jwks-uri: a key at an address of the client proves it', async () => {
  const { rp } = await partyWithKey();

  expect((await rp.signIn()).tokens.access_token).toBeTruthy();
});

it('oidcc-refresh-token, oidcc-refresh-token-rp-key-rotation: a refresh with the next key of the client', async () => {
  const { rp, replaceKey } = await partyWithKey();
  const { tokens } = await rp.signIn({ scope: 'openid offline_access', prompt: 'consent' });

  await replaceKey();
  const renewed = await rp.refresh(tokens.refresh_token);

  expect(renewed.status, renewed.body).toBe(200);
  expect((await rp.userInfo(renewed.json().access_token)).status).toBe(200);
});
