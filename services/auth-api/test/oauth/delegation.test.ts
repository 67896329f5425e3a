import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { accessTokenType, exchangeGrant, exchangeToken, refusalOf } from '../stack/exchange.ts';
import {
  changeClient,
  createClient,
  introspect,
  opsCall,
  passwordTokens,
  postForm,
  type TestClient,
  token,
} from '../stack/oauth.ts';

let stack: AuthApi;
/** Where the user signs in. */
let portal: TestClient;
/** The first who acts for the user, and the second. */
let desk: TestClient;
let robot: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  portal = await createClient(stack);
  desk = await createClient(stack, {
    client_id: 'desk',
    authorizedGrantTypes: [exchangeGrant, 'client_credentials', 'password'],
    tokenExchange: { subjectClients: [portal.clientId], audiences: ['robot'], delegation: true },
  });
  robot = await createClient(stack, {
    client_id: 'robot',
    authorizedGrantTypes: [exchangeGrant, 'client_credentials'],
    tokenExchange: { subjectClients: ['desk', portal.clientId], delegation: true },
  });
});
afterAll(() => stack?.close());

const ownToken = async (client: TestClient) =>
  (await token(stack, client, { grant_type: 'client_credentials' })).json().access_token;

const delegate = (by: TestClient, subject: string, actor: string, form: Record<string, string> = {}) =>
  exchangeToken(stack, by, subject, { actor_token: actor, actor_token_type: accessTokenType, ...form });

const supervisor = { username: 'demo\\supervisor', password: 'demo-supervisor-password' };

describe('delegation', () => {
  it('says who acts for the user', async () => {
    const user = await passwordTokens(stack, portal);

    const answer = await delegate(desk, user.access_token, await ownToken(desk));

    expect(answer.status).toBe(200);
    const facts = await introspect(stack, desk, answer.json().access_token);
    expect(facts['act']).toEqual({ sub: 'desk', client_id: 'desk' });
    expect(facts['sub']).toBe((await introspect(stack, portal, user.access_token))['sub']);
  });

  it('nests: who acted before stays on record, also where nobody new acts (RFC 8693 section 4.1)', async () => {
    const user = await passwordTokens(stack, portal);
    const first = (await delegate(desk, user.access_token, await ownToken(desk))).json().access_token;

    const second = (await delegate(robot, first, await ownToken(robot))).json().access_token;
    const impersonated = (await exchangeToken(stack, robot, first)).json().access_token;

    const before = { sub: 'desk', client_id: 'desk' };
    expect((await introspect(stack, robot, second))['act']).toEqual({
      sub: 'robot',
      client_id: 'robot',
      act: before,
    });
    expect((await introspect(stack, robot, impersonated))['act']).toEqual(before);
  });

  it('takes another user as actor', async () => {
    const user = await passwordTokens(stack, portal);
    const acting = await passwordTokens(stack, desk, supervisor);

    const answer = await delegate(desk, user.access_token, acting.access_token);

    const actor = (await introspect(stack, desk, acting.access_token))['sub'];
    const facts = await introspect(stack, desk, answer.json().access_token);
    expect(facts['act']).toEqual({ sub: actor, client_id: 'desk' });
    expect(facts['username']).toBe('demo\\agent');
  });

  it('ends with the token of the actor, with its client and with the subject token', async () => {
    const user = await passwordTokens(stack, portal);
    const acting = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant, 'client_credentials'],
      tokenExchange: { subjectClients: [portal.clientId], delegation: true },
    });
    const [actorOne, actorTwo] = [await ownToken(acting), await ownToken(acting)];
    const one = (await delegate(acting, user.access_token, actorOne)).json().access_token;
    const two = (await delegate(acting, user.access_token, actorTwo)).json().access_token;
    const isActive = async (value: string) => (await introspect(stack, portal, value))['active'];

    await postForm(stack, 'revoke', { token: actorOne }, acting);
    expect([await isActive(one), await isActive(two)]).toEqual([false, false]);
    const watching = await createClient(stack, { internalClient: true });
    const sees = async (value: string) => (await introspect(stack, watching, value))['active'];
    expect([await sees(one), await sees(two)]).toEqual([false, true]);

    await opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${acting.clientId}`);
    expect(await sees(two)).toBe(false);
  });

  it('never outlives the token of the actor', async () => {
    const brief = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant, 'client_credentials'],
      accessTokenExpirationTimeout: 100,
      tokenExchange: { subjectClients: [portal.clientId], delegation: true },
    });
    const actor = await ownToken(brief);
    await changeClient(stack, brief, { accessTokenExpirationTimeout: 9000 });
    const user = await passwordTokens(stack, portal);

    const answer = await delegate(brief, user.access_token, actor);

    expect(answer.json().expires_in).toBeLessThanOrEqual(100);
  });
});

describe('37: delegation is refused', () => {
  // attack: delegation without permission | RFC 8693 1.1 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
  it('to a client whose registration does not allow it', async () => {
    const plain = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant, 'client_credentials'],
      tokenExchange: { subjectClients: [portal.clientId] },
    });
    const user = await passwordTokens(stack, portal);
    const answer = await delegate(plain, user.access_token, await ownToken(plain));
    expect(refusalOf(answer)).toEqual([400, 'invalid_request']);
    expect(answer.json().error_description).toContain('delegate');
  });

  // attack: somebody else's token as actor | RFC 8693 2.1 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
  it("with somebody else's token as actor, a made-up one, a revoked one and half of one", async () => {
    const user = await passwordTokens(stack, portal);
    const stranger = await createClient(stack);
    const revoked = await ownToken(desk);
    await postForm(stack, 'revoke', { token: revoked }, desk);

    for (const actor of [await ownToken(stranger), 'made-up', revoked]) {
      expect(refusalOf(await delegate(desk, user.access_token, actor))).toEqual([400, 'invalid_request']);
    }
    const half = await exchangeToken(stack, desk, user.access_token, { actor_token_type: accessTokenType });
    const other = await exchangeToken(stack, desk, user.access_token, { actor_token: await ownToken(desk) });
    expect([refusalOf(half), refusalOf(other)]).toEqual(Array(2).fill([400, 'invalid_request']));
  });

  // attack: delegation hidden behind a delegated actor | RFC 8693 4.1 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
  it('with an actor who is acted for', async () => {
    const user = await passwordTokens(stack, portal);
    const delegated = (await delegate(desk, user.access_token, await ownToken(desk))).json().access_token;
    expect(refusalOf(await delegate(robot, user.access_token, delegated))).toEqual([400, 'invalid_request']);
  });

  // attack: actor of another contact centre | RFC 8693 5 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
  it('with an actor of another contact centre', async () => {
    const elsewhere = await createClient(stack, {
      authorizedGrantTypes: ['client_credentials'],
      contactCenterIds: [otherContactCenterId],
    });
    const mixing = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [portal.clientId, elsewhere.clientId], delegation: true },
    });
    const user = await passwordTokens(stack, portal);
    const answer = await delegate(mixing, user.access_token, await ownToken(elsewhere));
    expect(refusalOf(answer)).toEqual([400, 'invalid_request']);
    expect(answer.json().error_description).toContain('are of different contact centres');
  });
});

describe('may_act', () => {
  let guarded: TestClient;
  beforeAll(async () => {
    guarded = await createClient(stack, { client_id: 'guarded', tokenExchange: { mayAct: 'desk' } });
    for (const client_id of ['desk', 'robot']) {
      await opsCall(stack, 'PUT', `/auth/v3/ops/clients/${client_id}`, {
        data: {
          tokenExchange: {
            subjectClients: ['desk', 'guarded', portal.clientId],
            audiences: ['robot'],
            delegation: true,
          },
        },
      });
    }
  });

  it('lets the party act that the token names, with and without an actor_token', async () => {
    const user = await passwordTokens(stack, guarded);

    const plain = await exchangeToken(stack, desk, user.access_token);
    const delegated = await delegate(desk, user.access_token, await ownToken(desk));

    expect([plain.status, delegated.status]).toEqual([200, 200]);
    expect((await introspect(stack, guarded, user.access_token))['may_act']).toEqual({ client_id: 'desk' });
  });

  // attack: actor that may_act does not name | RFC 8693 4.4 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
  it('37: lets nobody else act, be it by a token of the party that was handed on', async () => {
    const user = await passwordTokens(stack, guarded);
    const handedOn = (await exchangeToken(stack, desk, user.access_token)).json().access_token;

    expect(refusalOf(await exchangeToken(stack, robot, user.access_token))).toEqual([400, 'invalid_request']);
    expect(refusalOf(await delegate(robot, user.access_token, await ownToken(robot)))).toEqual([
      400,
      'invalid_request',
    ]);
    expect(refusalOf(await exchangeToken(stack, robot, handedOn))).toEqual([400, 'invalid_request']);
  });
});
