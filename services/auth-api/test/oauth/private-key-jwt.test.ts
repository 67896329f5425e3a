import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import {
  challenge,
  changeClient,
  createClient,
  type OAuthAnswer,
  opsCall,
  postForm,
  type TestClient,
  token,
} from '../stack/oauth.ts';
import {
  assertedBy,
  assertionClaims,
  type ClientKey,
  clientAssertionType,
  createClientKey,
  issuer,
  type KeyServer,
  startKeyServer,
} from '../stack/signing-client.ts';

const mtlsUrl = 'https://mtls.login.test';

let stack: AuthApi;
let key: ClientKey;
let client: TestClient;
let skewMs = 0;
const form = { grant_type: 'client_credentials' };
const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };

beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_MODE: 'local',
      GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true',
      GATEHOUSE_MTLS_URL: mtlsUrl,
    },
    now: () => Date.now() + skewMs,
  });
  key = await createClientKey();
  client = await registered(key);
});
afterAll(() => stack?.close());

const registered = (...keys: ClientKey[]) =>
  createClient(stack, {
    tokenEndpointAuthMethod: 'private_key_jwt',
    jwks: { keys: keys.map(({ publicJwk }) => publicJwk) },
  });

const send = (fields: Record<string, string>, path = 'token') =>
  postForm(stack, path, path === 'token' ? { ...form, ...fields } : fields);

async function sendAssertion(
  changes: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  by = key,
): Promise<OAuthAnswer> {
  return send(await assertedBy(by, client.clientId, changes, header));
}

function expectInvalidClient(answer: OAuthAnswer): void {
  expect([answer.status, answer.json().error]).toEqual([401, 'invalid_client']);
  expect(answer.json().error_description).toMatch(/^Client authentication failed/);
}

describe('private_key_jwt (RFC 7523 section 3)', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'])('proves a client by %s', async (alg) => {
    const own = await createClientKey(alg);
    const registration = await registered(own);

    const answer = await send(await assertedBy(own, registration.clientId));

    expect(registration.clientSecret).toBeUndefined();
    expect([answer.status, answer.json().scope]).toEqual([200, '*']);
  });

  // RFC 9126 section 2, RFC 8705 section 5: also the endpoints of `mtls_endpoint_aliases`, at every endpoint.
  it.each([
    issuer,
    ...[issuer, `${mtlsUrl}/auth/v3`].flatMap((base) => [`${base}/oauth/token`, `${base}/oauth/par`]),
  ])('takes the audience %s', async (aud) => {
    const request = { response_type: 'code', redirect_uri: client.redirectUri, ...pkce };
    const pushed = await send({ ...request, ...(await assertedBy(key, client.clientId, { aud })) }, 'par');

    expect([(await sendAssertion({ aud })).status, pushed.status]).toEqual([200, 201]);
  });

  it('works with and without the client_id, a typ, a kid, and a nbf', async () => {
    const typed = await sendAssertion({}, { typ: 'client-authentication+jwt' });
    const nameless = await sendAssertion({}, { kid: undefined });
    const named = await send({
      ...(await assertedBy(key, client.clientId)),
      client_id: client.clientId,
    });
    const late = await sendAssertion({ nbf: Math.floor(Date.now() / 1000) + 8, iat: undefined });

    expect([typed, nameless, named, late].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('tries every registered key that fits when the assertion names none', async () => {
    const [first, second] = await Promise.all([createClientKey(), createClientKey()]);
    const registration = await registered(first, second);

    const answer = await send(await assertedBy(second, registration.clientId, {}, { kid: undefined }));

    expect(answer.status).toBe(200);
  });

  it('works at introspection and revocation', async () => {
    const issued = (await sendAssertion()).json().access_token;

    const seen = await send({ token: issued, ...(await assertedBy(key, client.clientId)) }, 'introspect');
    const revoked = await send({ token: issued, ...(await assertedBy(key, client.clientId)) }, 'revoke');
    const gone = await send({ token: issued, ...(await assertedBy(key, client.clientId)) }, 'introspect');

    expect([seen.json<{ active: boolean }>().active, revoked.status]).toEqual([true, 200]);
    expect(gone.json()).toEqual({ active: false });
  });

  it('takes an assertion for an hour, as some libraries sign them, and only once in that hour', async () => {
    const fields = await assertedBy(key, client.clientId, { exp: Math.floor(Date.now() / 1000) + 3600 });

    expect((await send(fields)).status).toBe(200);
    skewMs = 3_590_000;
    const again = await send(fields);
    skewMs = 0;
    expectInvalidClient(again);
    expect(again.json().error_description).toContain('it was used before');
    const names = await stack.deps.stores.redis.keys('*used-assertion*');
    const livesMs = await Promise.all(names.map((name) => stack.deps.stores.redis.pttl(name)));
    expect(Math.max(...livesMs)).toBeGreaterThan(3_600_000);
  });
});

describe('an assertion that proves nothing is an invalid client', () => {
  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

  it.each<[string, () => Record<string, unknown>]>([
    ['without exp', () => ({ exp: undefined })],
    ['expired', () => ({ exp: inSeconds(-60) })],
    ['good for longer than an hour', () => ({ exp: inSeconds(3700) })],
    ['with an exp that is a text', () => ({ exp: String(inSeconds(60)) })],
    ['with nbf more than a minute ahead', () => ({ nbf: inSeconds(61) })],
    ['with iat more than a minute ahead', () => ({ iat: inSeconds(61) })],
    ['without jti', () => ({ jti: undefined })],
    ['with a jti that is no text', () => ({ jti: 7 })],
    ['without aud', () => ({ aud: undefined })],
    ['for another server', () => ({ aud: 'https://other.example/auth/v3' })],
    ['for an endpoint that is none of ours to name', () => ({ aud: `${issuer}/oauth/introspect` })],
    ['for several servers', () => ({ aud: [issuer, 'https://other.example'] })],
    ['for a list of one', () => ({ aud: [issuer] })],
    ['of another issuer', () => ({ iss: 'somebody' })],
    ['about nobody known', () => ({ iss: 'nobody', sub: 'nobody' })],
    ['without sub', () => ({ sub: undefined })],
  ])('%s', async (_, changes) => {
    expectInvalidClient(await sendAssertion(changes()));
  });

  it('with an exp beyond every number', async () => {
    const [header, payload] = (await key.sign(assertionClaims(client.clientId))).split('.');
    expect(payload).toBeDefined();
    const claims = JSON.stringify(assertionClaims(client.clientId)).replace(/"exp":\d+/, '"exp":1e400');
    const input = `${header}.${Buffer.from(claims).toString('base64url')}`;
    const signature = await crypto.subtle.sign(
      { name: 'ECDSA', hash: 'SHA-256' },
      key.privateKey,
      Buffer.from(input),
    );
    const jwt = `${input}.${Buffer.from(signature).toString('base64url')}`;

    expectInvalidClient(await send({ client_assertion_type: clientAssertionType, client_assertion: jwt }));
  });

  // attack: replay of a client assertion | CVE-2020-15222, RFC 7523 3 | guard: services/auth-api/src/oauth/client-authentication/client-assertion.ts
  it('used before, also when many use it at once (CVE-2020-15222)', async () => {
    const fields = await assertedBy(key, client.clientId);

    const answers = await Promise.all(Array.from({ length: 20 }, () => send(fields)));
    const later = await send(fields);

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of [...answers.filter(({ status }) => status !== 200), later])
      expectInvalidClient(answer);
  });

  it('used before on another replica', async () => {
    const other = await startAuthApi({ beside: stack });
    try {
      const fields = await assertedBy(key, client.clientId);
      expect((await send(fields)).status).toBe(200);
      expectInvalidClient(await postForm(other, 'token', { ...form, ...fields }));
    } finally {
      await other.close();
    }
  });

  it('refused for its content, which leaves its jti unused', async () => {
    const jti = `kept-${Math.random()}`;

    expectInvalidClient(await sendAssertion({ jti, aud: 'https://other.example' }));
    expect((await sendAssertion({ jti })).status).toBe(200);
  });

  // attack: client assertion signed by a stranger | RFC 7523 3 | guard: services/auth-api/src/core/assertions/verify-jwt.ts
  it('signed by a stranger, also under the name of the right key', async () => {
    const stranger = await createClientKey('ES256', key.publicJwk.kid);

    expectInvalidClient(await sendAssertion({}, {}, stranger));
    expectInvalidClient(await sendAssertion({}, { jwk: stranger.publicJwk, kid: undefined }, stranger));
  });

  // attack: client assertion with alg none or HMAC of the public key | RFC 8725 2.1, CVE-2022-23540 | guard: services/auth-api/src/oauth/client-authentication/client-assertion.ts
  it('unsigned, or with the public key as a shared secret (RFC 8725 section 2.1, CVE-2022-23539)', async () => {
    const pem = await exportSPKI((await importJWK(key.publicJwk, 'ES256')) as CryptoKey);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = part(assertionClaims(client.clientId));
    for (const alg of ['none', 'None', 'nOnE', 'HS256']) {
      const input = `${part({ alg, kid: key.publicJwk.kid })}.${claims}`;
      const mac = alg === 'HS256' ? createHmac('sha256', pem).update(input).digest('base64url') : '';
      expectInvalidClient(
        await send({ client_assertion_type: clientAssertionType, client_assertion: `${input}.${mac}` }),
      );
    }
  });

  // attack: make the server fail by a signed header whose typ is no text | RFC 7515 4.1.9, CWE-755 | guard: services/auth-api/src/core/assertions/verify-jwt.ts
  it.each([{}, 1, true, null, ['JWT']])('with %j as its typ', async (typ) => {
    expectInvalidClient(await sendAssertion({}, { typ }));
  });

  // attack: JWT of another type as client assertion | RFC 8725 3.11 | guard: services/auth-api/src/core/assertions/verify-jwt.ts
  // attack: unknown critical header of a JWT | RFC 8725 3.10 | guard: services/auth-api/src/core/assertions/verify-jwt.ts
  it('of another type, with a critical member that is not known, or with an algorithm that the key is not for', async () => {
    const rsa = await createClientKey('PS256');
    const registration = await registered(rsa);
    const asRs256 = await createClientKey('RS256', rsa.publicJwk.kid);

    for (const typ of ['at+jwt', 'dpop+jwt', 'oauth-authz-req+jwt']) {
      expectInvalidClient(await sendAssertion({}, { typ }));
    }
    expectInvalidClient(await send(await assertedBy(asRs256, registration.clientId)));
    const [, payload, signature] = (await key.sign(assertionClaims(client.clientId))).split('.');
    const header = { alg: 'ES256', kid: key.publicJwk.kid, crit: ['x'], x: 1 };
    const critical = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.${signature}`;
    expectInvalidClient(
      await send({ client_assertion_type: clientAssertionType, client_assertion: critical }),
    );
  });

  it.each(['', '.', 'a.b', 'a.b.c', '..', `${'x'.repeat(20_000)}.y.z`])('%.12s', async (text) => {
    const answer = await send({ client_assertion_type: clientAssertionType, client_assertion: text });

    expect([400, 401]).toContain(answer.status);
  });
});

describe('methods of client authentication do not stand in for one another', () => {
  it('a client of private_key_jwt has no secret and cannot be named alone', async () => {
    const fields = { client_id: client.clientId };
    expectInvalidClient(await send(fields));
    expectInvalidClient(await send({ ...fields, client_secret: 'guess' }));
  });

  // attack: other authentication method than the registered one | RFC 6749 2.3, ASVS 10.4.16 | guard: services/auth-api/src/oauth/client-authentication/client-assertion.ts
  it('a client of secrets cannot use an assertion, even with registered keys', async () => {
    const own = await createClientKey();
    const secretive = await createClient(stack, { jwks: { keys: [own.publicJwk] } });

    expectInvalidClient(await send(await assertedBy(own, secretive.clientId)));
    expect((await token(stack, secretive, form)).status).toBe(200);
  });

  it('loses its secret when it changes to private_key_jwt', async () => {
    const own = await createClientKey();
    const changing = await createClient(stack);
    await changeClient(stack, changing, {
      tokenEndpointAuthMethod: 'private_key_jwt',
      jwks: { keys: [own.publicJwk] },
    });

    expectInvalidClient(await token(stack, changing, form));
    expect((await send(await assertedBy(own, changing.clientId))).status).toBe(200);
    const rotation = await opsCall(stack, 'POST', `/auth/v3/ops/clients/${changing.clientId}/rotate-secret`);
    expect(rotation.status).toBe(400);
  });

  it('two at once are an invalid request, and so is half of one', async () => {
    const fields = await assertedBy(key, client.clientId);
    const { clientAssertion, ...typeOnly } = {
      clientAssertion: fields.client_assertion,
      client_assertion_type: fields.client_assertion_type,
    };
    const answers = await Promise.all([
      send({ ...fields, client_secret: 'x' }),
      postForm(stack, 'token', { ...form, ...fields }, undefined, { authorization: 'Basic YTpi' }),
      send(typeOnly),
      send({ client_assertion: clientAssertion }),
      send({ ...fields, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }),
    ]);

    for (const answer of answers) {
      expect([answer.status, answer.json().error]).toEqual([400, 'invalid_request']);
    }
  });

  // attack: client assertion for another client | RFC 7523 3 | guard: services/auth-api/src/oauth/client-authentication/client-assertion.ts
  it('an assertion for one client does not serve another', async () => {
    const other = await registered(await createClientKey());
    const fields = await assertedBy(key, client.clientId);

    expectInvalidClient(await send({ ...fields, client_id: other.clientId }));
    expectInvalidClient(await send(await assertedBy(key, other.clientId)));
  });
});

describe('keys at an address', () => {
  let keyServer: KeyServer;
  let remote: TestClient;

  beforeEach(async () => {
    keyServer = await startKeyServer();
    remote = await createClient(stack, {
      tokenEndpointAuthMethod: 'private_key_jwt',
      jwksUri: keyServer.url,
    });
  });
  afterEach(() => {
    keyServer.close();
    skewMs = 0;
  });

  const sign = async (by: ClientKey) => {
    const nowMs = Date.now() + skewMs;
    const client_assertion = await by.sign(assertionClaims(remote.clientId, {}, nowMs));
    return send({ client_assertion_type: clientAssertionType, client_assertion });
  };

  it('are read once for many assertions, also when these come together', async () => {
    keyServer.serve({ keys: [key.publicJwk], type: 'application/jwk-set+json' });

    const answers = await Promise.all(Array.from({ length: 10 }, () => sign(key)));
    answers.push(await sign(key));

    expect(answers.map(({ status }) => status)).toEqual(Array(11).fill(200));
    expect(keyServer.reads()).toBe(1);
  });

  // attack: reads of a key set without end | ASVS 15.2.2 | guard: services/auth-api/src/core/assertions/remote-keys.ts
  it('are read again for a key that is not known yet, but not at every call', async () => {
    const next = await createClientKey();
    keyServer.serve({ keys: [key.publicJwk] });
    await sign(key);
    keyServer.serve({ keys: [next.publicJwk] });

    // Also where the keys were read a moment before.
    expect((await sign(next)).status).toBe(200);
    keyServer.serve({ keys: [key.publicJwk] });
    for (let attempt = 0; attempt < 5; attempt += 1) expectInvalidClient(await sign(key));
    expect(keyServer.reads()).toBe(2);
    skewMs += 11_000;
    expect((await sign(key)).status).toBe(200);
    expect(keyServer.reads()).toBe(3);
  });

  it('go on to count while the address is down, and not for ever', async () => {
    keyServer.serve({ keys: [key.publicJwk] });
    await sign(key);
    keyServer.serve({ status: 500 });

    skewMs += 3_600_000;
    expect((await sign(key)).status).toBe(200);
    skewMs += 24 * 3_600_000;
    expectInvalidClient(await sign(key));
  });

  // attack: private or unreadable key set | RFC 8725 3.10 | guard: services/auth-api/src/core/assertions/remote-keys.ts
  it('prove nothing when they cannot be read, are of another type, or are private', async () => {
    keyServer.serve({ status: 404 });
    expectInvalidClient(await sign(key));
    skewMs += 11_000;
    keyServer.serve({ keys: [key.publicJwk], type: 'text/html' });
    expectInvalidClient(await sign(key));
    skewMs += 11_000;
    keyServer.serve({ keys: [{ ...key.publicJwk, d: 'AAAA' }] });
    expectInvalidClient(await sign(key));
    expect(stack.logged()).toContain('the key set cannot be read from its address');
  });

  // attack: key set that costs more than it is long | CWE-770, RFC 8725 2.8 | guard: services/auth-api/src/core/assertions/remote-keys.ts
  it('are not read when there are very many, when they are very long, or when one is very large', async () => {
    const large = {
      ...key.publicJwk,
      kty: 'RSA',
      n: Buffer.alloc(100_000, 0xff).toString('base64url'),
      e: 'AQAB',
    };
    const deep = JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`);
    const sets: [keys: Record<string, unknown>[], signer: ClientKey][] = [
      [[key.publicJwk, ...Array.from({ length: 100 }, () => ({ kty: 'other' }))], key],
      [[{ ...key.publicJwk, x5c: Array(200).fill('A'.repeat(2_000)) }], key],
      [[{ ...key.publicJwk, other: deep }, large], await createClientKey()],
    ];
    for (const [keys, signer] of sets) {
      keyServer.serve({ keys });
      skewMs += 3_600_000;
      const startedMs = performance.now();
      expectInvalidClient(await sign(signer));
      expect(performance.now() - startedMs).toBeLessThan(2_000);
    }
  });

  // attack: key set at an address of the inside | CVE-2026-1180 | guard: packages/api-client/src/http/address-policy.ts
  it('are refused at an address of the inside', async () => {
    const inside = await createClient(stack, {
      tokenEndpointAuthMethod: 'private_key_jwt',
      jwksUri: 'https://169.254.169.254/latest',
    });

    expectInvalidClient(await send(await assertedBy(key, inside.clientId)));
    expect(stack.logged()).toContain('169.254.169.254 is at an address that may not be called from here');
  });
});

describe('registration of keys', () => {
  const problemOf = async (data: Record<string, unknown>) => {
    const answer = await opsCall(stack, 'POST', '/auth/v3/ops/clients', { data });
    const { errors } = answer.json<{ errors?: { status: { field: string } }[] }>();
    return [answer.status, errors?.[0]?.status.field];
  };

  it('says what is wrong', async () => {
    const { publicJwk } = key;
    const short = {
      kty: 'RSA',
      e: 'AQAB',
      n: Buffer.alloc(128, 0xff).toString('base64url'),
    };
    const method = 'private_key_jwt';

    expect(await problemOf({ tokenEndpointAuthMethod: method })).toEqual([
      400,
      'data.tokenEndpointAuthMethod',
    ]);
    expect(await problemOf({ jwks: { keys: [{ ...publicJwk, d: 'AAAA' }] } })).toEqual([
      400,
      'data.jwks.keys.0',
    ]);
    expect(await problemOf({ jwks: { keys: [short] } })).toEqual([400, 'data.jwks.keys.0']);
    expect(await problemOf({ jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } })).toEqual([
      400,
      'data.jwks.keys.0.kty',
    ]);
    expect(await problemOf({ jwks: { keys: [publicJwk] }, jwksUri: 'https://a.example/' })).toEqual([
      400,
      'data.jwksUri',
    ]);
    for (const jwksUri of ['http://a.example/', 'ftp://a.example/', 'x', 'https://u:p@a.example/']) {
      expect(await problemOf({ jwksUri })).toEqual([400, 'data.jwksUri']);
    }
    expect(
      await problemOf({
        tokenEndpointAuthMethod: method,
        jwks: { keys: [publicJwk] },
        client_secret: 'long enough',
      }),
    ).toEqual([400, 'data.client_secret']);
  });

  it('shows public members only, replaces one source by the other, and takes a source away', async () => {
    const path = `/auth/v3/ops/clients/${(await createClient(stack, { jwks: { keys: [{ ...key.publicJwk, note: 'x' }] } })).clientId}`;
    const read = async () =>
      (await opsCall(stack, 'GET', path)).json<{ data: Record<string, unknown> }>().data;

    expect((await read())['jwks']).toEqual({ keys: [key.publicJwk] });
    await opsCall(stack, 'PUT', path, { data: { jwksUri: 'https://keys.example/jwks' } });
    expect(await read()).toMatchObject({ jwksUri: 'https://keys.example/jwks' });
    expect(await read()).not.toHaveProperty('jwks');
    await opsCall(stack, 'PUT', path, { data: { jwksUri: null } });
    expect(await read()).not.toHaveProperty('jwksUri');
  });
});
