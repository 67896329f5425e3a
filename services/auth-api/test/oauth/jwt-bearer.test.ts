import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { exchangeGrant, exchangeToken, refusalOf } from '../stack/exchange.ts';
import { agent } from '../stack/interaction.ts';
import {
  changeClient,
  createClient,
  introspect,
  opsCall,
  postForm,
  type TestClient,
  token,
} from '../stack/oauth.ts';
import {
  assertionClaims,
  type ClientKey,
  createClientKey,
  type KeyServer,
  issuer as ourIssuer,
  startKeyServer,
} from '../stack/signing-client.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const provider = 'https://provider.test';

let stack: AuthApi;
let replica: AuthApi;
let key: ClientKey;
let keyServer: KeyServer;
/** Trusts the provider with its own contact centre. */
let client: TestClient;
let skewMs = 0;

beforeAll(async () => {
  const env = { GATEHOUSE_MODE: 'local', GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true' };
  const now = () => Date.now() + skewMs;
  stack = await startAuthApi({ env, now });
  replica = await startAuthApi({ beside: stack, env, now });
  key = await createClientKey();
  keyServer = await startKeyServer();
  keyServer.serve({ keys: [key.publicJwk] });
  client = await trusting({});
});
afterAll(async () => {
  keyServer?.close();
  await replica?.close();
  await stack?.close();
});

/** A client that trusts the provider, with these changes to what it registers of it. */
function trusting(changes: Record<string, unknown>, data: Record<string, unknown> = {}): Promise<TestClient> {
  const trusted = {
    issuer: provider,
    jwks: { keys: [key.publicJwk] },
    contactCenterIds: [contactCenterId],
    ...changes,
  };
  return createClient(stack, {
    authorizedGrantTypes: [grantType, 'refresh_token'],
    jwtBearer: { issuers: [trusted] },
    ...data,
  });
}

const asserted = (changes: Record<string, unknown> = {}, header: Record<string, unknown> = {}, by = key) =>
  by.sign(assertionClaims(agent.username, { iss: provider, ...changes }, Date.now() + skewMs), header);

const redeem = async (
  assertion: string | Promise<string>,
  by = client,
  form: Record<string, string> = {},
  at = stack,
) => token(at, by, { grant_type: grantType, assertion: await assertion, ...form });

describe('an assertion of a registered issuer', () => {
  it('gives an access token of the person that it names, and no refresh token', async () => {
    const answer = await redeem(asserted(), client, { scope: 'read' });

    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 43_200,
      scope: 'read',
    });
    expect(await introspect(stack, client, answer.json().access_token)).toMatchObject({
      active: true,
      client_id: client.clientId,
      username: 'demo\\agent',
      contact_center_ids: [contactCenterId],
      grant_type: grantType,
    });
    const user = await stack.app.inject({
      url: '/auth/v3/userinfo',
      headers: { authorization: `Bearer ${answer.json().access_token}` },
    });
    expect(user.json()).toMatchObject({ loginName: 'agent', contactCenterId });
  });

  it.each([
    ['email', { userLookup: 'email', subjectClaim: 'email' }, { sub: 'x', email: 'agent@example.com' }],
    ['another claim', { subjectClaim: 'preferred_username' }, { sub: 'x', preferred_username: 'agent' }],
    ['its own audience', { audience: 'gatehouse' }, { aud: 'gatehouse' }],
    ['the token endpoint as audience', {}, { aud: `${ourIssuer}/oauth/token` }],
  ])('finds the person by %s, as registered', async (_name, trusted, claims) => {
    const by = await trusting(trusted);
    expect((await redeem(asserted(claims), by)).status).toBe(200);
  });

  it('is verified by keys from the address that is registered', async () => {
    const by = await trusting({ jwks: undefined, jwksUri: keyServer.url });
    expect((await redeem(asserted(), by)).status).toBe(200);
  });

  it("may be the client's own, signed with the keys that it proves itself with", async () => {
    const by = await createClient(stack, {
      client_id: 'speaks-for-itself',
      authorizedGrantTypes: [grantType],
      jwks: { keys: [key.publicJwk] },
      contactCenterIds: [contactCenterId],
      jwtBearer: { issuers: [{ issuer: 'speaks-for-itself' }] },
    });
    expect((await redeem(asserted({ iss: 'speaks-for-itself' }), by)).status).toBe(200);
  });

  it('names its contact centre where its issuer speaks for several', async () => {
    const by = await trusting({ contactCenterIds: [contactCenterId, otherContactCenterId] });

    expect(refusalOf(await redeem(asserted(), by))).toEqual([400, 'invalid_grant']);
    expect(refusalOf(await redeem(asserted({ contact_center_id: 'third' }), by))).toEqual([
      400,
      'invalid_grant',
    ]);
    expect((await redeem(asserted({ contact_center_id: contactCenterId }), by)).status).toBe(200);
  });

  it('may name the one party that acts for the user with the token', async () => {
    const gateway = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [client.clientId] },
    });
    const tokenFor = async (may_act: unknown) => (await redeem(asserted({ may_act }))).json().access_token;

    const [named, other] = [
      await tokenFor({ client_id: gateway.clientId }),
      await tokenFor({ sub: 'somebody-else' }),
    ];

    const guarded = await trusting(
      {},
      { tokenExchange: { mayAct: 'somebody-else' }, client_id: 'guarded-by-registration' },
    );
    const byRegistration = (await redeem(asserted(), guarded)).json().access_token;
    expect((await introspect(stack, guarded, byRegistration))['may_act']).toEqual({
      client_id: 'somebody-else',
    });
    expect((await exchangeToken(stack, gateway, named)).status).toBe(200);
    expect(refusalOf(await exchangeToken(stack, gateway, other))).toEqual([400, 'invalid_request']);
  });

  // attack: replay of a bearer assertion | RFC 7523 3 | guard: services/auth-api/src/oauth/token/registered-assertions.ts
  it('38: counts once, on all replicas, however many bring it at once', async () => {
    const assertion = await asserted();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        redeem(assertion, client, {}, index % 2 === 0 ? stack : replica),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('38: counts once also where another client trusts the same issuer, and so does each jti', async () => {
    const second = await trusting({});
    const assertion = await asserted();
    expect((await redeem(assertion)).status).toBe(200);
    expect(refusalOf(await redeem(assertion, second))).toEqual([400, 'invalid_grant']);

    expect((await redeem(asserted({ jti: 'the-same', iat: 1 }))).status).toBe(200);
    expect(refusalOf(await redeem(asserted({ jti: 'the-same', iat: 2 })))).toEqual([400, 'invalid_grant']);
  });

  it('ends with the sign-out of the user from everywhere, also one that was made before', async () => {
    const given = (await redeem(asserted())).json().access_token;
    const unredeemed = await asserted();
    const { sub } = await introspect(stack, client, given);

    await stack.deps.sessions.service.endAll({ contactCenterId, sub: String(sub) });

    expect(await introspect(stack, client, given)).toEqual({ active: false });
    expect(refusalOf(await redeem(unredeemed))).toEqual([400, 'invalid_grant']);
    skewMs += 2000;
    expect((await redeem(asserted())).status).toBe(200);
  });

  it('counts after its client lost another issuer, also one that was made before', async () => {
    const kept = { issuer: provider, jwks: { keys: [key.publicJwk] }, contactCenterIds: [contactCenterId] };
    const other = { ...kept, issuer: 'https://other.test' };
    const by = await trusting({}, { jwtBearer: { issuers: [kept, other] } });
    const [before, unredeemed] = [(await redeem(asserted(), by)).json().access_token, await asserted()];

    const data = { jwtBearer: { issuers: [kept] } };
    expect((await changeClient(stack, by, data)).status).toBe(200);

    const after = (await redeem(unredeemed, by)).json().access_token;
    expect(await introspect(stack, by, before)).toEqual({ active: false });
    expect(await introspect(stack, by, after)).toMatchObject({ active: true });
  });
});

describe('38: an assertion is refused', () => {
  const nowSeconds = () => Math.floor((Date.now() + skewMs) / 1000);

  it.each<[string, () => Record<string, unknown>]>([
    ['for another server', () => ({ aud: 'https://elsewhere.test' })],
    ['for several', () => ({ aud: [ourIssuer, 'https://elsewhere.test'] })],
    ['without a jti', () => ({ jti: undefined })],
    ['without an end', () => ({ exp: undefined })],
    ['that has ended', () => ({ iat: nowSeconds() - 100, exp: nowSeconds() - 60 })],
    ['that ends in a day', () => ({ exp: nowSeconds() + 86_400 })],
    ['that is not valid yet', () => ({ nbf: nowSeconds() + 120 })],
    ['from the future', () => ({ iat: nowSeconds() + 120, exp: nowSeconds() + 180 })],
    ['of an issuer that is not registered', () => ({ iss: 'https://stranger.test' })],
    ['of ourselves', () => ({ iss: ourIssuer })],
    ['about nobody', () => ({ sub: undefined })],
    ['about somebody unknown', () => ({ sub: 'nobody-of-that-name' })],
    ['about somebody who is disabled (CVE-2026-1486)', () => ({ sub: 'locked' })],
    ['about somebody who is acted for', () => ({ act: { sub: 'robot' } })],
    ['with a may_act that cannot be compared', () => ({ may_act: { email: 'x' } })],
    [
      'for a contact centre that its issuer does not speak for',
      () => ({ contact_center_id: otherContactCenterId }),
    ],
  ])('%s', async (_name, claims) => {
    const answer = await redeem(asserted(claims()));
    expect(refusalOf(answer)).toEqual([400, 'invalid_grant']);
    // Which of them it was is for the log alone.
    expect(answer.json().error_description).toBe(
      'The assertion is invalid, expired, used or not meant for this client',
    );
  });

  // attack: bearer assertion of another key or type | RFC 8725 3.11 | guard: services/auth-api/src/core/assertions/verify-jwt.ts
  it('of another key, an access token or logout token by its typ, unsigned, or no JWT at all', async () => {
    const stranger = await createClientKey();
    const good = await asserted();
    const [, body] = good.split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;

    for (const assertion of [
      await asserted({}, {}, stranger),
      await asserted({}, { kid: key.publicJwk.kid }, stranger),
      await asserted({}, { typ: 'at+jwt' }),
      await asserted({}, { typ: 'logout+jwt' }),
      unsigned,
      'made-up',
    ]) {
      expect(refusalOf(await redeem(assertion))).toEqual([400, 'invalid_grant']);
    }
    // None of them used it up.
    expect((await redeem(good)).status).toBe(200);
  });

  it('by public clients too, without filling the audit trail: ten are written of one address', async () => {
    const anybody = await trusting({}, { clientType: 'PUBLIC', authorizedGrantTypes: [grantType] });
    for (let count = 0; count < 15; count++)
      expect(refusalOf(await redeem('rubbish', anybody))).toEqual([400, 'invalid_grant']);

    await stack.deps.audit.drained();
    const url = `/auth/v3/ops/audit?name=token_refused&clientId=${anybody.clientId}`;
    expect((await opsCall(stack, 'GET', url)).json<{ data: unknown[] }>().data).toHaveLength(10);
  });

  // attack: bearer assertion for another contact centre | ASVS 8.4.1 | guard: services/auth-api/src/oauth/token/asserted-users.ts
  it('for a contact centre that the client does not serve', async () => {
    const by = await trusting({}, { contactCenterIds: [otherContactCenterId] });
    expect(refusalOf(await redeem(asserted(), by))).toEqual([400, 'invalid_grant']);
  });

  it('to a client without the grant, and with more scope than the client may have', async () => {
    const without = await createClient(stack, {
      jwtBearer: {
        issuers: [{ issuer: provider, jwks: { keys: [key.publicJwk] }, contactCenterIds: [contactCenterId] }],
      },
    });
    const narrow = await trusting({}, { scope: ['read'] });

    expect(refusalOf(await redeem(asserted(), without))).toEqual([400, 'unauthorized_client']);
    expect(refusalOf(await redeem(asserted(), narrow, { scope: 'write' }))).toEqual([400, 'invalid_scope']);
  });

  it('with 503, and not used up, while the keys of its issuer cannot be read', async () => {
    const elsewhere = await startKeyServer();
    elsewhere.serve({ status: 500 });
    const by = await trusting({ jwks: undefined, jwksUri: elsewhere.url });
    const assertion = await asserted();

    const answer = await redeem(assertion, by);
    elsewhere.close();

    expect(answer.status).toBe(503);
    await opsCall(stack, 'PUT', `/auth/v3/ops/clients/${by.clientId}`, {
      data: {
        jwtBearer: {
          issuers: [
            { issuer: provider, jwks: { keys: [key.publicJwk] }, contactCenterIds: [contactCenterId] },
          ],
        },
      },
    });
    expect((await redeem(assertion, by)).status).toBe(200);
  });

  it('when the form has two', async () => {
    const answer = await postForm(
      stack,
      'token',
      [
        ['grant_type', grantType],
        ['assertion', await asserted()],
        ['assertion', await asserted()],
      ],
      client,
    );
    expect(refusalOf(answer)).toEqual([400, 'invalid_request']);
  });
});
