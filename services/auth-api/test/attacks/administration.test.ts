import { basicAuthorization } from '@gatehouse/contracts/http-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, ops, startAuthApi } from '../stack/auth-api.ts';
import { createClient, introspect, opsCall, passwordTokens, type TestClient, token } from '../stack/oauth.ts';

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

  it.each([
    ['its authority', { authorities: [managementAuthority] }, { authorities: [] }],
    ['its place among the internal clients', { internalClient: true }, { internalClient: false }],
    ['the run of all contact centres', {}, { contactCenterIds: [contactCenterId] }],
    [
      'one of its contact centres',
      { contactCenterIds: [contactCenterId, 'another'] },
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
