/** What becomes of authorization details (RFC 9396) when a token is exchanged (RFC 8693), and how types are registered. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { ask, createResource, decide, detailed, recordingsType } from '../stack/details.ts';
import { exchangeGrant, exchangeToken, refusalOf } from '../stack/exchange.ts';
import {
  changeClient,
  createClient,
  introspect,
  type OAuthJson,
  opsCall,
  redeem,
  responseOf,
  type TestClient,
} from '../stack/oauth.ts';

let stack: AuthApi;
let client: TestClient;
let service: TestClient;
let type: string;
let listening: { type: string; actions: string[] };

const discovered = async (at = stack) =>
  (await at.app.inject('/auth/v3/.well-known/openid-configuration')).json()[
    'authorization_details_types_supported'
  ] as string[];

beforeAll(async () => {
  stack = await startAuthApi();
  ({ type } = await createResource(stack));
  client = await createClient(stack, { authorizationDetailsTypes: [type] });
  service = await createClient(stack, {
    authorizedGrantTypes: [exchangeGrant],
    redirectURIs: [],
    authorizationDetailsTypes: [type],
    tokenExchange: { subjectClients: [client.clientId] },
  });
  listening = { type, actions: ['listen', 'rate'] };
});
afterAll(() => stack?.close());

async function subjectToken(parameters: Record<string, string> = {}): Promise<string> {
  const answer = await decide(stack, await ask(stack, client, { ...detailed(listening), ...parameters }));
  const tokens = await redeem(stack, client, responseOf(answer).get('code') ?? '');
  return tokens.json().access_token;
}

const detailsOf = async (accessToken: string) =>
  (await introspect(stack, service, accessToken))['authorization_details'];

describe('an exchanged token', () => {
  it('has the authorization details of its subject token, or fewer', async () => {
    const subject = await subjectToken();
    const whole = await exchangeToken(stack, service, subject);
    expect(whole.json<OAuthJson & { authorization_details: object[] }>().authorization_details).toEqual([
      listening,
    ]);
    expect(await detailsOf(whole.json().access_token)).toEqual([listening]);

    const less = { ...listening, actions: ['rate'] };
    const narrowed = await exchangeToken(stack, service, subject, detailed(less));
    expect(await detailsOf(narrowed.json().access_token)).toEqual([less]);
  });

  // attack: authorization details widened by an exchange | RFC 9396 6, RFC 8693 5 | guard: services/auth-api/src/core/protocol/authorization-details.ts
  it('has never more', async () => {
    const subject = await subjectToken();
    for (const asked of [
      { ...listening, actions: ['delete'] },
      { ...listening, identifier: 'x' },
    ]) {
      const answer = await exchangeToken(stack, service, subject, detailed(asked));
      expect(refusalOf(answer)).toEqual([400, 'invalid_authorization_details']);
    }
    const without = await subjectToken({ scope: 'calls' });
    const narrowed = await exchangeToken(
      stack,
      service,
      without,
      detailed({ ...listening, actions: ['rate'] }),
    );
    const again = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      redirectURIs: [],
      authorizationDetailsTypes: [type],
      tokenExchange: { subjectClients: [service.clientId] },
    });
    const back = await exchangeToken(stack, again, narrowed.json().access_token, detailed(listening));
    expect(refusalOf(back)).toEqual([400, 'invalid_authorization_details']);
  });

  // attack: authorization details handed to a client that may not have them | RFC 9396 12 | guard: services/auth-api/src/oauth/token/exchange/derived-record.ts
  it('has none of types that its own client may not have', async () => {
    const other = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      redirectURIs: [],
      tokenExchange: { subjectClients: [client.clientId] },
    });
    const scoped = await exchangeToken(stack, other, await subjectToken({ scope: 'calls' }));
    expect(scoped.json()).toMatchObject({ scope: 'calls' });
    expect(scoped.json()).not.toHaveProperty('authorization_details');
    const alone = await exchangeToken(stack, other, await subjectToken());
    expect(refusalOf(alone)).toEqual([400, 'invalid_scope']);
  });
});

describe('a type of authorization details', () => {
  it('is announced while a resource registers it, on every replica', async () => {
    const other = await startAuthApi({ beside: stack });
    try {
      const { resource, type: another } = await createResource(stack);
      expect(await discovered()).toEqual(expect.arrayContaining([type, another]));
      await expect.poll(() => discovered(other)).toContain(another);
      await changeClient(stack, resource, { detailTypes: [] });
      expect(await discovered()).not.toContain(another);
      await expect.poll(() => discovered(other)).not.toContain(another);
    } finally {
      await other.close();
    }
  });

  // attack: type of authorization details redefined by another resource | RFC 9396 12 | guard: services/auth-api/src/registry/clients/unique.ts
  it('belongs to one resource', async () => {
    const { resource } = await createResource(stack);
    const taken = await changeClient(stack, resource, { detailTypes: [{ ...recordingsType, type }] });
    expect([taken.status, taken.body]).toEqual([
      409,
      expect.stringContaining(`The type ${type} is registered`),
    ]);
    await expect(createClient(stack, { detailTypes: [{ ...recordingsType, type }] })).rejects.toThrow(
      'is registered by another client',
    );
    const kept = { detailTypes: [{ ...recordingsType, type: `${type}-kept` }] };
    for (let turn = 0; turn < 2; turn += 1)
      expect((await changeClient(stack, resource, kept)).status).toBe(200);
  });

  it.each([
    ['no name', [{ text: 'x' }]],
    ['a name with spaces', [{ type: 'a b' }]],
    ['the same twice', [{ type: 'twice' }, { type: 'twice' }]],
    ['a member of an unknown kind', [{ type: 'a', members: { amount: 'money' } }]],
    ['a member with the name of a common one', [{ type: 'a', members: { actions: 'text' } }]],
    ['a requirement that it does not have', [{ type: 'a', required: ['amount'] }]],
    ['locations of a client without resources', [{ type: 'a', required: ['locations'] }]],
    ['something else', [{ type: 'a', schema: {} }]],
  ])('is refused with the field: %s', async (_name, detailTypes) => {
    const data = { client_id: 'refused', redirectURIs: ['https://app.test/cb'], detailTypes };
    const answer = await opsCall(stack, 'POST', '/auth/v3/ops/clients', { data });
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('detailTypes')]);
  });
});
