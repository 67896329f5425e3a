/** Why a client failed to authenticate: told to the operator in full, to the caller as far as no stranger learns from it. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createClient, opsCall, postForm, type TestClient } from '../stack/oauth.ts';
import {
  assertedBy,
  type ClientKey,
  clientAssertionType,
  createClientKey,
  issuer,
} from '../stack/signing-client.ts';

const form = { grant_type: 'client_credentials' };
let stack: AuthApi;
let key: ClientKey;
let signer: TestClient;
let holder: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  key = await createClientKey();
  const jwks = { keys: [key.publicJwk] };
  signer = await createClient(stack, { tokenEndpointAuthMethod: 'private_key_jwt', jwks });
  holder = await createClient(stack, { tokenEndpointAuthMethod: 'client_secret_post' });
});
afterAll(() => stack?.close());

const send = (fields: Record<string, string>, authorization?: string) =>
  postForm(stack, 'token', { ...form, ...fields }, undefined, authorization ? { authorization } : {});
const asserted = (changes = {}, header = {}, by = key, clientId = signer.clientId) =>
  assertedBy(by, clientId, changes, header);

/** The last event of a failed authentication. */
async function lastEvent() {
  await stack.deps.audit.drained();
  const path = '/auth/v3/ops/audit?name=client_authentication_failed&limit=1';
  const { data } = (await opsCall(stack, 'GET', path)).json<{ data: Record<string, unknown>[] }>();
  return data[0] ?? {};
}

/** The lines that an operator sees at the usual level. */
const infoLines = () =>
  stack
    .logged()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(({ event, level }) => event === 'client_authentication_failed' && level === 'info');

const past = () => ({ exp: Math.floor(Date.now() / 1000) - 90 });

describe('a client that fails to authenticate', () => {
  it.each<[string, string, string, string, () => Promise<Record<string, string>>]>([
    [
      'whose assertion has expired',
      'assertion_refused',
      'it has expired',
      'it has expired',
      () => asserted(past()),
    ],
    [
      'whose assertion is for another server',
      'assertion_refused',
      'its aud is not this server',
      'its aud is not this server',
      () => asserted({ aud: 'https://other.test' }),
    ],
    [
      'whose assertion names its audience in a list',
      'assertion_refused',
      'its aud is a list, and must be one text',
      'its aud is a list, and must be one text',
      () => asserted({ aud: [issuer] }),
    ],
    [
      'whose assertion lives for two hours',
      'assertion_refused',
      'its exp is more than 3600 s from now',
      'its exp is more than 3600 s from now',
      () => asserted({ exp: Math.floor(Date.now() / 1000) + 7200 }),
    ],
    [
      'whose assertion names an unknown key',
      'assertion_refused',
      'no applicable key found',
      'check sub, kid and the registered keys',
      () => asserted({}, { kid: 'unknown' }),
    ],
    [
      'that signs and is registered for a secret',
      'assertion_refused',
      'private_key_jwt was used, client_secret_post is registered',
      'private_key_jwt is registered',
      () => asserted({}, {}, key, holder.clientId),
    ],
    [
      'that sends an empty proof',
      'no_secret',
      'no secret was sent',
      'send client_secret or client_assertion',
      async () => ({ client_id: holder.clientId }),
    ],
    [
      'that sends a secret and is registered for a key',
      'wrong_secret',
      'a secret was sent, private_key_jwt is registered',
      '',
      async () => ({ client_id: signer.clientId, client_secret: 'a-secret-of-its-own' }),
    ],
    [
      'with a wrong secret',
      'wrong_secret',
      'the secret is wrong or has expired',
      '',
      async () => ({ client_id: holder.clientId, client_secret: 'wrong-secret-of-it' }),
    ],
    [
      'that nobody knows',
      'unknown_client',
      'no client has this id',
      '',
      async () => ({ client_id: 'nobody', client_secret: 'wrong-secret-of-nobody' }),
    ],
  ])('%s', async (_who, reason, detail, told, fields) => {
    const answer = await send(await fields());
    const event = await lastEvent();
    const line = infoLines().at(-1);

    expect([answer.status, answer.json().error]).toEqual([401, 'invalid_client']);
    expect(answer.json().error_description).toMatch(/^Client authentication failed/);
    expect(answer.json().error_description).toContain(told);
    const facts = { reason, method: expect.any(String), detail: expect.stringContaining(detail) };
    expect(event).toMatchObject({ outcome: 'failure', clientAddress: '127.0.0.1', fields: facts });
    expect(line).toMatchObject({
      ...facts,
      clientId: event['clientId'],
      correlationId: event['correlationId'],
    });
  });

  it('by another method than the registered one is told so once it has proved itself', async () => {
    const answer = await send({}, basicAuthorization(holder.clientId, holder.clientSecret ?? ''));

    expect(answer.json().error_description).toBe(
      'Client authentication failed: client_secret_basic was used, client_secret_post is registered',
    );
    expect(await lastEvent()).toMatchObject({
      clientId: holder.clientId,
      fields: { reason: 'wrong_method' },
    });
  });

  it.each<[string, string, string | undefined, string, number]>([
    ['by nothing', 'no_credentials', undefined, 'no client_id', 401],
    [
      'by another scheme',
      'malformed_credentials',
      'Bearer abc',
      'the Authorization scheme is not Basic',
      401,
    ],
    ['by broken Basic', 'malformed_credentials', 'Basic !!!', 'id:secret in base64', 401],
    ['by two methods', 'contradictory_request', 'Basic YTpi', 'one client authentication method', 400],
  ])('%s is told so', async (_how, reason, authorization, told, status) => {
    const answer = await send(status === 400 ? { client_secret: 'x' } : {}, authorization);

    expect(answer.status).toBe(status);
    expect(answer.json().error_description).toContain(told);
    expect((await lastEvent())['fields']).toMatchObject({ reason });
  });

  it('without naming itself fills no trail: the first ten of a minute are written', async () => {
    const count = async () => {
      await stack.deps.audit.drained();
      const { rows } = await stack.deps.stores.pool.query(
        `SELECT 1 FROM auth.audit_events WHERE fields->>'reason' = 'no_credentials'`,
      );
      return rows.length;
    };
    for (let turn = 0; turn < 15; turn += 1) expect((await send({})).status).toBe(401);

    expect(await count()).toBeLessThanOrEqual(10);
  });

  // attack: clients told from an assertion that is too long | ASVS 6.3.8 | guard: services/auth-api/src/core/assertions/verify-jwt.ts
  // attack: clients, methods and keys told from a refused assertion | ASVS 6.3.8, RFC 7523 3.1 | guard: services/auth-api/src/oauth/client-authentication/client-assertion.ts
  it('without the key of a client learns nothing of it: neither that it exists, nor its method, nor its keys', async () => {
    const stranger = await createClientKey('ES256', key.publicJwk.kid);
    const answers = await Promise.all([
      send(await asserted({}, {}, stranger)),
      send(await asserted({}, { kid: 'unknown' }, stranger)),
      send(await asserted(past(), {}, stranger)),
      send(await asserted({}, {}, stranger, holder.clientId)),
      send(await asserted({}, {}, stranger, 'nobody')),
      send(await asserted({ long: 'x'.repeat(13_000) }, {}, stranger)),
      send(await asserted({ long: 'x'.repeat(13_000) }, {}, stranger, 'nobody')),
      send({ client_assertion_type: clientAssertionType, client_assertion: 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA' }),
    ]);

    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers[0]?.status).toBe(401);
  });

  it('is told in plain text, whatever a JWT holds', async () => {
    const answer = await send(await asserted({}, { typ: 'a"b\\c\u00e9' }));

    expect(answer.json().error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  });
});
