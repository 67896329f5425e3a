/** Keys that prove nothing: nobody gets in by one, and nobody registers one. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAsk } from '@gatehouse/service-kit/health';
import {
  forgedJwt,
  jwkDividedBy,
  jwkOfFlawedLibrary,
  jwkOfNeighbours,
  jwkOfPoint,
  jwkOfPrime,
  jwkThatChangesNothing,
  jwkWithExponent,
  keyWithSmallExponent,
  makeProviderKey,
  smallOrderPoints,
} from '@gatehouse/testing/keys';
import { type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkRelease } from '../../src/check-release.ts';
import { type AuthApi, contactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { createDpopKey, provenBy } from '../stack/dpop.ts';
import { changeClient, createClient, opsCall, postForm, type TestClient, token } from '../stack/oauth.ts';
import {
  assertionClaims,
  clientAssertionType,
  createClientKey,
  issuer,
  type KeyServer,
  startKeyServer,
} from '../stack/signing-client.ts';

let stack: AuthApi;
let keyServer: KeyServer;
const env = { GATEHOUSE_MODE: 'local', GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true' };
const kept = 'an-old-desktop';

beforeAll(async () => {
  stack = await startAuthApi({ env: { ...env, GATEHOUSE_CLIENT_SMALL_EXPONENTS: kept } });
  keyServer = await startKeyServer();
});
afterAll(async () => {
  keyServer?.close();
  await stack?.close();
});

const named = (jwk: object, kid = 'k1') => ({ ...jwk, kid }) as JWK;
const register = (data: Record<string, unknown>) =>
  opsCall(stack, 'POST', '/auth/v3/ops/clients', { data: { client_id: `weak-${Math.random()}`, ...data } });
const byKey = { tokenEndpointAuthMethod: 'private_key_jwt' };
const problemOf = (body: string) =>
  (JSON.parse(body) as { errors?: { status: { field: string; reason?: string; message: string } }[] })
    .errors?.[0]?.status;

/** As a release before registered it. */
async function registeredBefore(keys: JWK[], data: Record<string, unknown> = {}): Promise<TestClient> {
  const good = (await createClientKey()).publicJwk;
  const client = await createClient(stack, { ...byKey, jwks: { keys: [good] }, ...data });
  await stack.deps.stores.pool.query('UPDATE auth.clients SET jwks = $2 WHERE client_id = $1', [
    client.clientId,
    JSON.stringify({ keys }),
  ]);
  return client;
}

const send = (clientAssertion: string) =>
  postForm(stack, 'token', {
    grant_type: 'client_credentials',
    client_assertion_type: clientAssertionType,
    client_assertion: clientAssertion,
  });

describe('a key that proves nothing is not registered', () => {
  const weak: [string, object, string][] = [
    ['RSA with the exponent 1', jwkWithExponent(1), 'has the public exponent 1'],
    ['RSA with the exponent 2', jwkWithExponent(2), 'has the public exponent 2'],
    ['RSA with the exponent 3', jwkWithExponent(3), 'has the public exponent 3'],
    ['RSA with an even exponent', jwkWithExponent(65_538), 'has the public exponent 65538'],
    ['RSA with an even modulus', jwkDividedBy(2n), 'has a modulus that 2 divides'],
    ['RSA with a prime modulus', jwkOfPrime(2048), 'has a prime as its modulus'],
    ['RSA with close factors', jwkOfNeighbours(1), 'CVE-2022-26320'],
    ['RSA with the exponent 1 in disguise', jwkThatChangesNothing(), 'more than 256 bits'],
    ['RSA of a flawed library', jwkOfFlawedLibrary(), 'CVE-2017-15361'],
    ['Ed25519 of small order', jwkOfPoint('Ed25519', smallOrderPoints.Ed25519[0]), 'small order'],
    ['X25519 of small order', jwkOfPoint('X25519', smallOrderPoints.X25519[2]), 'small order'],
  ];

  // attack: registered key that proves nothing | CWE-326, CVE-2017-15361 | guard: packages/service-kit/src/crypto/key-strength.ts
  it.each(weak)(
    '%s, by a client, by an issuer of assertions, or by a client that registers itself',
    async (_kind, jwk, why) => {
      const jwks = { keys: [named(jwk)] };
      const own = await register({ ...byKey, jwks });
      expect([own.status, problemOf(own.body)]).toEqual([
        400,
        expect.objectContaining({
          field: expect.stringContaining('jwks.keys.0'),
          message: expect.stringContaining(why),
        }),
      ]);
      const issuers = [{ issuer: 'https://issuer.test', jwks, contactCenterIds: [contactCenterId] }];
      const ofIssuer = await register({ jwtBearer: { issuers } });
      expect([ofIssuer.status, problemOf(ofIssuer.body)?.message]).toEqual([
        400,
        expect.stringContaining(why),
      ]);
    },
  );

  it('a certificate of an issuer of SAML assertions', async () => {
    const certificates = [makeProviderKey(undefined, 3).certificate];
    const issuers = [{ issuer: 'https://idp.test', certificates, contactCenterIds: [contactCenterId] }];
    const answer = await register({ samlBearer: { issuers } });
    expect([answer.status, problemOf(answer.body)]).toEqual([
      400,
      expect.objectContaining({
        field: 'data.samlBearer.issuers.0.certificates.0',
        message: expect.stringContaining('has the public exponent 3'),
      }),
    ]);
  });
});

describe('a key that proves nothing opens nothing', () => {
  // attack: client assertion without any private key | CWE-347 | guard: services/auth-api/src/core/assertions/jwk-weakness.ts
  it('where it was registered before, by value', async () => {
    const client = await registeredBefore([named(jwkWithExponent(1))]);
    const forged = await send(forgedJwt(assertionClaims(client.clientId)));
    expect([forged.status, forged.json().error]).toEqual([401, 'invalid_client']);
    await stack.deps.audit.drained();
    const events = await opsCall(
      stack,
      'GET',
      `/auth/v3/ops/audit?client=${client.clientId}&name=client_authentication_failed`,
    );
    expect(events.body).toContain('has the public exponent 1');
  });

  // attack: client assertion without any private key, by keys at an address | CWE-347 | guard: services/auth-api/src/core/assertions/jwk-weakness.ts
  it('where its client publishes it', async () => {
    keyServer.serve({ keys: [named(jwkWithExponent(1))] });
    const client = await createClient(stack, { ...byKey, jwksUri: keyServer.url });
    expect((await send(forgedJwt(assertionClaims(client.clientId)))).status).toBe(401);
  });

  // attack: assertion about anybody without any private key | CWE-347 | guard: services/auth-api/src/core/assertions/jwk-weakness.ts
  it('where an issuer of assertions has it', async () => {
    const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    keyServer.serve({ keys: [named(jwkWithExponent(1))] });
    const trusted = {
      issuer: 'https://issuer.test',
      jwksUri: `${keyServer.url}?of=issuer`,
      contactCenterIds: [contactCenterId],
    };
    const client = await createClient(stack, {
      authorizedGrantTypes: [grantType],
      jwtBearer: { issuers: [trusted] },
    });
    const claims = assertionClaims('agent', { iss: trusted.issuer, aud: issuer });
    const answer = await token(stack, client, { grant_type: grantType, assertion: forgedJwt(claims) });
    expect([answer.status, answer.json().error]).toEqual([400, 'invalid_grant']);
  });

  // attack: DPoP proof by a key that proves nothing | CWE-326 | guard: packages/caller-auth/src/sender-constraint/dpop-proof.ts
  it('in the proof of a sender', async () => {
    const { privateKey, publicKey } = keyWithSmallExponent(3);
    const good = await createDpopKey('PS256');
    const weak = {
      ...good,
      jwk: publicKey.export({ format: 'jwk' }) as JWK,
      sign: (claims: Record<string, unknown>, header = {}) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'PS256', ...withoutUndefined(header) })
          .sign(privateKey),
    };
    const client = await createClient(stack);
    const ask = async (key: typeof good) =>
      postForm(stack, 'token', { grant_type: 'client_credentials' }, client, await provenBy(key));
    expect((await ask(good)).status).toBe(200);
    const refused = await ask(weak);
    expect([refused.status, refused.json()]).toEqual([
      400,
      expect.objectContaining({
        error: 'invalid_dpop_proof',
        error_description: expect.stringContaining('has the public exponent 3'),
      }),
    ]);
  });
});

describe('a key with a small odd exponent that was registered before', () => {
  const old = keyWithSmallExponent(3);
  const jwk = () => named(old.publicKey.export({ format: 'jwk' }), 'old');
  const signed = ({ clientId }: TestClient) =>
    new SignJWT(assertionClaims(clientId))
      .setProtectedHeader({ alg: 'RS256', kid: 'old' })
      .sign(old.privateKey);

  it('is refused, named by the diagnosis and by check-release, and stays in the registration', async () => {
    const client = await registeredBefore([jwk()]);
    expect((await send(await signed(client))).status).toBe(401);
    const diagnosis = await opsCall(stack, 'GET', `/auth/v3/ops/clients/${client.clientId}/diagnosis`);
    expect(diagnosis.body).toContain('the key old has the public exponent 3');
    expect(await refusedKeys()).toContain(
      `A key of the client ${client.clientId} is refused: key old has the public exponent 3: it must be odd and at least 65537.\n`,
    );
    const { rows } = await stack.deps.stores.pool.query(await statementOfUpgrade());
    expect(rows).toContainEqual({ client_id: client.clientId, kid: 'old', exponent: 'Aw' });
    const keys = [jwk()];
    expect((await changeClient(stack, client, { jwks: { keys }, description: 'the same key' })).status).toBe(
      200,
    );
    const another = named(keyWithSmallExponent(17).publicKey.export({ format: 'jwk' }), 'new');
    expect((await changeClient(stack, client, { jwks: { keys: [...keys, another] } })).status).toBe(400);
  });

  it('goes on for the client that the setting names, and 1 does not', async () => {
    const client = await registeredBefore([jwk(), named(jwkWithExponent(1))], { client_id: kept });
    expect((await send(await signed(client))).status).toBe(200);
    expect((await send(forgedJwt(assertionClaims(kept)))).status).toBe(401);
    const lines = await refusedKeys();
    expect(lines.filter((line) => line.includes(kept))).toEqual([
      expect.stringContaining('key k1 has the public exponent 1'),
    ]);
  });
});

/** With which operators look for such keys. */
async function statementOfUpgrade(): Promise<string> {
  const page = await readFile(new URL('../../../../UPGRADING.md', import.meta.url), 'utf8');
  const statements = page.matchAll(/```sql\n([^`]*)```/g);
  return [...statements].map(([, statement = '']) => statement).find((one) => one.includes('AQAB')) ?? '';
}

/** What check-release prints of an installed service. */
async function refusedKeys(): Promise<string[]> {
  const server = createServer((request, response) => void stack.app.routing(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  try {
    await checkRelease(
      stack.deps.config,
      { apiUrl, managementUrl: apiUrl },
      createAsk({ timeoutMs: 10_000 }),
    );
  } finally {
    write.mockRestore();
    server.closeAllConnections();
    server.close();
  }
  return lines;
}

function withoutUndefined(header: object): object {
  return Object.fromEntries(Object.entries(header).filter(([, value]) => value !== undefined));
}
