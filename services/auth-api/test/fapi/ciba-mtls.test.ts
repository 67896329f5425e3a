/** The FAPI-CIBA plan with tokens that are bound to a client certificate, as the plan of the OpenID Foundation wants it. */
import { createAuthority } from '@gatehouse/testing/keys';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { cibaGrant, loginHint, say, signedIn } from '../stack/backchannel.ts';
import { certificateSettings } from '../stack/client-certificates.ts';
import { createFapiClient, type FapiClient } from '../stack/fapi-client.ts';
import { createClient, introspect, postForm } from '../stack/oauth.ts';
import { assertedBy, assertionClaims, issuer } from '../stack/signing-client.ts';

const authority = createAuthority();
const mtlsUrl = 'https://mtls.login.test';
const maxByClient = 8;

let stack: AuthApi;
let client: FapiClient;
let certificate: Record<string, string>;

const newCertificate = () => {
  const { cert } = authority.issue({ names: ['client'] });
  return { 'x-ssl-client-cert': encodeURIComponent(cert) };
};

beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      ...certificateSettings,
      GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1/32',
      GATEHOUSE_MTLS_URL: mtlsUrl,
      GATEHOUSE_APPROVAL_MAX_BY_CLIENT: String(maxByClient),
      GATEHOUSE_APPROVAL_MAX_BY_ALL: '1000',
    },
  });
  certificate = newCertificate();
  client = await bound();
});
afterAll(() => stack?.close());

const bound = (data: Record<string, unknown> = {}) =>
  createFapiClient(
    stack,
    {
      requirePushedAuthorizationRequests: false,
      dpopBoundAccessTokens: false,
      tlsClientCertificateBoundAccessTokens: true,
      authorizedGrantTypes: [cibaGrant, 'refresh_token'],
      backchannelTokenDeliveryMode: 'poll',
      backchannelAuthenticationRequestSigningAlg: 'PS256',
      responseTypes: [],
      ...data,
    },
    'PS256',
  );

async function ask(by = client, aud = issuer, headers = certificate) {
  const now = Math.floor(Date.now() / 1000);
  const asked = { scope: 'openid', login_hint: loginHint, binding_message: '1234' };
  const claims = { sub: undefined, nbf: now, exp: now + 300, ...asked };
  const request = await by.key.sign(assertionClaims(by.clientId, claims));
  const form = { request, ...(await assertedBy(by.key, by.clientId, { aud })) };
  return postForm(stack, 'backchannel', form, undefined, headers);
}

async function poll(
  fields: Record<string, string>,
  headers: Record<string, string> = certificate,
  aud = issuer,
) {
  const form = { ...(await assertedBy(client.key, client.clientId, { aud })), ...fields };
  return postForm(stack, 'token', form, undefined, headers);
}

async function approved(): Promise<string> {
  const answer = await ask();
  await say(await signedIn(stack), 'approved');
  return answer.json<{ auth_req_id: string }>().auth_req_id;
}

/** By a client of its own: this one proves itself by a key. */
const introspected = async (text: string) =>
  introspect(stack, await createClient(stack, { internalClient: true }), text);

const userInfo = (token: string, headers: Record<string, string>) =>
  stack.app.inject({
    url: '/auth/v3/openid/userinfo',
    headers: { authorization: `Bearer ${token}`, ...headers },
  });

describe('fapi-ciba-id1 with mtls', () => {
  it('gets tokens that are bound to its certificate, and an ID token', async () => {
    const answer = await poll({ grant_type: cibaGrant, auth_req_id: await approved() });
    const { access_token, id_token, token_type } = answer.json<Record<string, string>>();

    expect([answer.status, token_type]).toEqual([200, 'bearer']);
    expect(decodeJwt(String(id_token))).toMatchObject({ iss: issuer, aud: client.clientId });
    expect((await introspected(String(access_token)))['cnf']).toHaveProperty('x5t#S256');
    expect((await userInfo(String(access_token), certificate)).statusCode).toBe(200);
  });

  it('holder-of-key-required: no token is given or taken without its certificate', async () => {
    const authReqId = await approved();
    const refused = await poll({ grant_type: cibaGrant, auth_req_id: authReqId }, {});
    expect([refused.status, refused.json().error]).toEqual([400, 'invalid_request']);

    const { access_token } = (await poll({ grant_type: cibaGrant, auth_req_id: authReqId })).json();
    for (const headers of [{}, newCertificate()])
      expect((await userInfo(access_token, headers)).statusCode).toBe(401);
  });

  it('refresh-token: gets new tokens that are bound, too', async () => {
    const first = (await poll({ grant_type: cibaGrant, auth_req_id: await approved() })).json();
    const renewed = await poll({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' });

    expect(renewed.status).toBe(200);
    expect((await userInfo(renewed.json().access_token, {})).statusCode).toBe(401);
    expect((await userInfo(renewed.json().access_token, certificate)).statusCode).toBe(200);
  });

  it.each(['token', 'backchannel'])(
    'client-assertion-aud: takes the %s endpoint of mtls_endpoint_aliases',
    async (endpoint) => {
      const aud = `${mtlsUrl}/auth/v3/oauth/${endpoint}`;
      const answer = await ask(await bound(), aud);

      expect(answer.status).toBe(200);
    },
  );
});

it('one person gets as many requests of a client as the setting allows', async () => {
  const by = await bound();
  const statuses = [];
  for (let turn = 0; turn <= maxByClient; turn++) statuses.push((await ask(by)).status);

  expect(statuses).toEqual([...Array(maxByClient).fill(200), 429]);
});

it.each([
  ['a UUID is echoed', 'c770aef3-6784-41f7-8e0e-ff5f97bddb3a', true],
  ['another value is replaced', 'x <script>', false],
  ['without one, a new one is made', undefined, false],
])('x-fapi-interaction-id: %s', async (_name, sent, isEchoed) => {
  const answer = await userInfo('unknown', sent === undefined ? {} : { 'x-fapi-interaction-id': sent });
  const answered = String(answer.headers['x-fapi-interaction-id']);

  expect(answered).toMatch(/^[0-9a-f-]{36}$/);
  expect(answered === sent).toBe(isEchoed);
});
