import { basicAuthorization } from '@gatehouse/api-client/http';
import { hash as argon2 } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, ops, startAuthApi } from '../stack/auth-api.ts';
import {
  createClient,
  introspect,
  opsCall,
  passwordTokens,
  postForm,
  type TestClient,
  token,
} from '../stack/oauth.ts';

const path = '/auth/v3/ops/clients';
const managementAuthority = 'ROLE_MANAGEMENT_APPLICATION';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

const ownToken = async (client: TestClient) =>
  (await token(stack, client, { grant_type: 'client_credentials' })).json().access_token;

describe('a client that administers', () => {
  // attack: bound manager who administers every client | CVE-2024-42490, CVE-2025-27507 | guard: services/auth-api/src/oauth/client-authentication/ops-authentication.ts
  it('58: and is bound to a contact centre does not reach the clients of all others', async () => {
    const bound = await createClient(stack, {
      authorities: [managementAuthority],
      contactCenterIds: [contactCenterId],
    });
    const bearer = `Bearer ${await ownToken(bound)}`;

    const listed = await opsCall(stack, 'GET', path, undefined, bearer);
    const freed = await opsCall(
      stack,
      'PUT',
      `${path}/${bound.clientId}`,
      { data: { contactCenterIds: [], internalClient: true } },
      bearer,
    );

    expect([listed.status, freed.status]).toEqual([403, 403]);
  });

  // attack: rights that a client lost, in its tokens | CVE-2024-46999 | guard: services/auth-api/src/registry/clients/narrowing.ts
  it.each([
    ['its authority', { authorities: [managementAuthority] }, { authorities: [] }],
    ['its place among the internal clients', { internalClient: true }, { internalClient: false }],
    ['the run of all contact centres', {}, { contactCenterIds: [contactCenterId] }],
    [
      'one of its contact centres',
      { contactCenterIds: [contactCenterId, '9d7f1a52-6f0e-4a9b-8f4c-2b7a1c5f3e10'] },
      { contactCenterIds: [contactCenterId] },
    ],
  ])('58: and loses %s loses it in the tokens that it has', async (_what, before, after) => {
    const client = await createClient(stack, before);
    const held = await ownToken(client);

    await opsCall(stack, 'PUT', `${path}/${client.clientId}`, { data: after });

    expect(await introspect(stack, client, held)).toEqual({ active: false });
    expect(await introspect(stack, client, await ownToken(client))).toMatchObject({ active: true });
  });

  it('58: and gains something, or changes its name, keeps its tokens and those of its users', async () => {
    const client = await createClient(stack, { contactCenterIds: [contactCenterId] });
    const [own, users] = [await ownToken(client), (await passwordTokens(stack, client)).access_token];

    await opsCall(stack, 'PUT', `${path}/${client.clientId}`, {
      data: { name: 'Other', authorities: [managementAuthority], contactCenterIds: [] },
    });
    expect(await introspect(stack, client, own)).toMatchObject({ active: true });

    await opsCall(stack, 'PUT', `${path}/${client.clientId}`, { data: { authorities: [] } });
    expect(await introspect(stack, client, own)).toEqual({ active: false });
    // A user's token carries the authorities of the user, not of the client.
    expect(await introspect(stack, client, users)).toMatchObject({ active: true });
  });
});

describe('the operator account', () => {
  it('49: tells a guesser nothing once he is refused, not even by the right password', async () => {
    const from = (password: string, remoteAddress: string) =>
      stack.app.inject({
        url: path,
        remoteAddress,
        headers: { authorization: basicAuthorization(ops.username, password) },
      });
    const guesses = await Promise.all(
      Array.from({ length: 25 }, (_, index) => from(`guess ${index}`, '203.0.113.7')),
    );
    expect(guesses.map(({ statusCode }) => statusCode)).toContain(429);

    expect((await from(ops.password, '203.0.113.7')).statusCode).toBe(429);
    expect((await from(ops.password, '203.0.113.8')).statusCode).toBe(200);
  });
});

describe('49: guesses at secrets', () => {
  it('of the operator are counted over all replicas, addresses and restarts, and keep no address out that proved it before', async () => {
    const hashed = await argon2(ops.password, { memoryCost: 4096, timeCost: 1, parallelism: 1 });
    const env = { GATEHOUSE_OPS_PASSWORD: hashed };
    // The wait after so many guesses must not be over before it is looked at.
    const stoppedAtMs = Date.now();
    const options = { beside: stack, env, now: () => stoppedAtMs };
    const replicas = await Promise.all([startAuthApi(options), startAuthApi(options)]);
    const from = async (index: number, password: string, remoteAddress: string) =>
      (
        await replicas[index % 2]?.app.inject({
          url: path,
          remoteAddress,
          headers: { authorization: basicAuthorization(ops.username, password) },
        })
      )?.statusCode;
    try {
      expect(await from(0, ops.password, '198.51.100.1')).toBe(200);
      const guesses = await Promise.all(
        Array.from({ length: 100 }, (_, index) => from(index, `guess-${index}`, `203.0.113.${index}`)),
      );

      const compared = guesses.filter((status) => status === 401).length;
      expect(compared).toBeGreaterThan(0);
      expect(compared).toBeLessThanOrEqual(60);
      expect(await from(0, ops.password, '203.0.113.250')).toBe(429);
      const restarted = await startAuthApi(options);
      replicas.push(restarted);
      expect(await from(1, ops.password, '198.51.100.1')).toBe(200);
      expect(await from(2, ops.password, '203.0.113.251')).toBe(429);
    } finally {
      await Promise.all(replicas.map((replica) => replica.close()));
    }
  });

  it('of a client: 50 at once on two replicas are no more than so many one by one, and a generated secret is never kept out', async () => {
    const replica = await startAuthApi({ beside: stack });
    try {
      const chosen = await createClient(stack, { client_secret: 'a chosen secret' });
      const generated = await createClient(stack);
      const guess = (at: AuthApi, client: TestClient, index: number) =>
        postForm(
          at,
          'token',
          { grant_type: 'client_credentials' },
          { ...client, clientSecret: `guess-${index}` },
        );
      const statuses = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const at = index % 2 === 0 ? stack : replica;
          return [(await guess(at, chosen, index)).status, (await guess(at, generated, index)).status];
        }),
      );

      const compared = statuses.filter(([status]) => status === 401).length;
      expect(compared).toBeLessThanOrEqual(40);
      expect((await token(replica, generated, { grant_type: 'client_credentials' })).status).toBe(200);
    } finally {
      await replica.close();
    }
  });
});

describe('the audit trail', () => {
  it.each([
    ['a client that nobody knows and no secret', 'oauth/token', undefined],
    ['the operator without a password', 'ops/clients', basicAuthorization(ops.username, '')],
  ])('68: is not filled by a stranger who sends %s', async (_what, endpoint, authorization) => {
    const remoteAddress = endpoint === 'oauth/token' ? '203.0.113.9' : '203.0.113.10';
    const isToken = endpoint === 'oauth/token';
    const answers = await Promise.all(
      Array.from({ length: 210 }, (_, index) =>
        stack.app.inject({
          method: isToken ? 'POST' : 'GET',
          url: `/auth/v3/${endpoint}`,
          remoteAddress,
          headers: {
            ...(authorization === undefined ? {} : { authorization }),
            ...(isToken ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          },
          ...(isToken ? { payload: `grant_type=client_credentials&client_id=made-up-${index % 3}` } : {}),
        }),
      ),
    );

    const count = (status: number) => answers.filter(({ statusCode }) => statusCode === status).length;
    expect([count(401), count(429)]).toEqual([200, 10]);
  });
});
