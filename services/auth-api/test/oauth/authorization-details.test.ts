/** Authorization details (RFC 9396): registered by resources, shown to users, carried by tokens. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { ask, createResource, decide, detailed } from '../stack/details.ts';
import { readView } from '../stack/interaction.ts';
import {
  changeClient,
  createClient,
  interactionOf,
  introspect,
  type OAuthJson,
  postForm,
  redeem,
  redirectUri,
  responseOf,
  type TestClient,
  token,
} from '../stack/oauth.ts';
import { assertionClaims, createClientKey } from '../stack/signing-client.ts';

type Detailed = OAuthJson & { authorization_details?: object[] };

let stack: AuthApi;
let client: TestClient;
let type: string;
let location: string;
let listening: { type: string; actions: string[]; campaign: string };

beforeAll(async () => {
  stack = await startAuthApi();
  ({ type, location } = await createResource(stack));
  client = await createClient(stack, { authorizationDetailsTypes: [type] });
  listening = { type, actions: ['listen', 'rate'], campaign: 'spring' };
});
afterAll(() => stack?.close());

async function grant(parameters: Record<string, string>, by = client): Promise<Detailed> {
  const answer = await decide(stack, await ask(stack, by, parameters));
  return (await redeem(stack, by, responseOf(answer).get('code') ?? '')).json<Detailed>();
}

const refresh = (tokens: OAuthJson, form: Record<string, string> = {}) =>
  token(stack, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, ...form });

describe('authorization details of a request', () => {
  it('are shown to the user, come in the answer and in the token, and give no scope besides', async () => {
    const asked = await ask(stack, client, detailed(listening));
    const view = await readView(stack.app, asked.browser, interactionOf(asked.answer));
    expect(view.consent).toMatchObject({
      scope: [],
      details: [
        {
          text: 'listen to recordings of your calls',
          members: [
            { name: 'actions', value: 'listen, rate' },
            { name: 'campaign', value: 'spring' },
          ],
        },
      ],
    });
    const code = responseOf(await decide(stack, asked)).get('code') ?? '';
    const tokens = (await redeem(stack, client, code)).json<Detailed>();

    expect(tokens.authorization_details).toEqual([listening]);
    expect(tokens).not.toHaveProperty('scope');
    expect(await introspect(stack, client, tokens.access_token)).toMatchObject({
      active: true,
      scope: '',
      authorization_details: [listening],
    });
  });

  // attack: token for authorization details used at our own APIs | RFC 9396 12, ASVS 10.3.1 | guard: packages/caller-auth/src/sender-constraint/resource-tokens.ts
  it.each(['openid/userinfo', 'userinfo', 'jwt-userinfo', 'ping', 'sessions', 'oauth/convert-token'])(
    'give nothing at /%s, unless there is a scope besides',
    async (path) => {
      const url = `/auth/v3/${path}`;
      const { access_token: alone } = await grant(detailed(listening));
      const refused = await stack.app.inject({ url, headers: { authorization: `Bearer ${alone}` } });
      expect([refused.statusCode, refused.body]).toEqual([
        403,
        expect.stringContaining('for what its authorization_details name'),
      ]);
      const { access_token: scoped } = await grant({ scope: 'openid sessions', ...detailed(listening) });
      const allowed = await stack.app.inject({ url, headers: { authorization: `Bearer ${scoped}` } });
      expect(allowed.statusCode).toBe(200);
    },
  );

  it('come beside a scope, and in a JWT', async () => {
    const jwts = await createClient(stack, { authorizationDetailsTypes: [type], accessTokenFormat: 'jwt' });
    const tokens = await grant({ scope: 'openid calls', ...detailed(listening) }, jwts);
    expect(tokens).toMatchObject({ scope: 'openid calls', authorization_details: [listening] });
    expect(decodeJwt(tokens.access_token)['authorization_details']).toEqual([listening]);
    expect(await introspect(stack, jwts, tokens.access_token)).toMatchObject({
      authorization_details: [listening],
    });
  });

  // attack: authorization details without the user's consent | RFC 9396 12 | guard: services/auth-api/src/oauth/authorize/authorization-decision.ts
  it('are asked each time, never in silence, and are gone when the user refuses', async () => {
    const first = await ask(stack, client, detailed(listening));
    await decide(stack, first);
    const again = await ask(stack, client, detailed(listening), first.browser);
    expect(again.answer.location).toContain('/auth/consent.html');

    const silent = await ask(stack, client, { prompt: 'none', ...detailed(listening) }, first.browser);
    expect(responseOf(silent.answer).get('error')).toBe('consent_required');
    expect(responseOf(await decide(stack, again, 'denied')).get('error')).toBe('access_denied');
  });

  it('may be pushed, and signed', async () => {
    const key = await createClientKey();
    const signing = await createClient(stack, {
      authorizationDetailsTypes: [type],
      jwks: { keys: [key.publicJwk] },
    });
    const { sub: _sub, ...claims } = assertionClaims(signing.clientId);
    const request = await key.sign({
      ...claims,
      ...{ client_id: signing.clientId, response_type: 'code', redirect_uri: redirectUri },
      ...{ code_challenge: 'v'.repeat(43), code_challenge_method: 'S256' },
      authorization_details: [listening],
    });
    const signed = await ask(stack, signing, { request });
    expect(signed.answer.location).toContain('/auth/consent.html');
    expect(
      (await readView(stack.app, signed.browser, interactionOf(signed.answer))).consent?.details,
    ).toHaveLength(1);

    const form = {
      response_type: 'code',
      redirect_uri: redirectUri,
      code_challenge: 'v'.repeat(43),
      code_challenge_method: 'S256',
    };
    const pushed = await postForm(stack, 'par', { ...form, ...detailed(listening) }, client);
    const { request_uri } = pushed.json<{ request_uri: string }>();
    expect((await ask(stack, client, { request_uri })).answer.location).toContain('/auth/consent.html');
    const wrong = await postForm(stack, 'par', { ...form, ...detailed({ type: 'unknown' }) }, client);
    expect([wrong.status, wrong.json().error]).toEqual([400, 'invalid_authorization_details']);
  });

  // attack: authorization details that the resource has not registered | RFC 9396 5, ASVS 2.2.1 | guard: services/auth-api/src/core/protocol/authorization-details.ts
  it.each([
    ['no JSON', () => '[{'],
    ['no array', () => JSON.stringify(listening)],
    ['nothing', () => '[]'],
    ['an object without a type', () => JSON.stringify([{ actions: ['listen'] }])],
    ['a type that is no text', () => JSON.stringify([{ type: [type] }])],
    ['an unknown type', () => JSON.stringify([listening, { type: 'payments' }])],
    ['a member that the type does not have', () => JSON.stringify([{ ...listening, amount: 1 }])],
    ['a member of the prototype', () => `[{"type":"${type}","actions":["listen"],"__proto__":{"a":1}}]`],
    [
      'a common member that the type does not have',
      () => JSON.stringify([{ ...listening, datatypes: ['x'] }]),
    ],
    ['an action that is not registered', () => JSON.stringify([{ ...listening, actions: ['erase'] }])],
    ['an empty list', () => JSON.stringify([{ ...listening, actions: [] }])],
    ['a list that is a text', () => JSON.stringify([{ ...listening, actions: 'listen' }])],
    ['a text that is a number', () => JSON.stringify([{ ...listening, campaign: 7 }])],
    ['a text with control characters', () => JSON.stringify([{ ...listening, campaign: 'a\u0000b' }])],
    ['a text that turns around', () => JSON.stringify([{ ...listening, campaign: 'a\u202eb' }])],
    ['an object with such a text', () => JSON.stringify([{ ...listening, filter: { a: '\u2066' } }])],
    ['an object that is an array', () => JSON.stringify([{ ...listening, filter: [] }])],
    ['a required member missing', () => JSON.stringify([{ type, campaign: 'spring' }])],
    [
      'a location of another resource',
      () => JSON.stringify([{ ...listening, locations: ['https://evil.test/api'] }]),
    ],
    ['too many', () => JSON.stringify(Array.from({ length: 21 }, () => listening))],
    ['too much', () => JSON.stringify([{ ...listening, campaign: 'x'.repeat(4096) }])],
  ])('are refused by name: %s', async (_name, parameter) => {
    const { answer } = await ask(stack, client, { authorization_details: parameter() });
    expect(responseOf(answer).get('error')).toBe('invalid_authorization_details');
  });

  it('may name the members of the type, its resource and one object', async () => {
    const whole = {
      ...listening,
      ...{ identifier: 'recording 4711', locations: [location], days: 7, tags: ['a'], urgent: true },
      filter: { since: '2026-01-01' },
    };
    expect((await grant(detailed(whole))).authorization_details).toEqual([whole]);
  });

  // attack: type of authorization details of another client | RFC 9396 12 | guard: services/auth-api/src/registry/clients/detail-types.ts
  it('are refused to a client that may not ask for the type, as an unknown one is', async () => {
    const stranger = await createClient(stack);
    const { answer } = await ask(stack, stranger, detailed(listening));
    const unknown = await ask(stack, stranger, detailed({ type: 'nobodys' }));
    const said = responseOf(answer).get('error_description') ?? '';
    expect(responseOf(answer).get('error')).toBe('invalid_authorization_details');
    expect(responseOf(unknown.answer).get('error_description')).toBe(said.replace(type, 'nobodys'));
  });

  it('travel by no address and are ignored by no grant', async () => {
    const hybrid = await createClient(stack, {
      authorizationDetailsTypes: [type],
      authorizedGrantTypes: ['authorization_code', 'implicit', 'password'],
      responseTypes: ['code', 'code id_token'],
    });
    const query = { response_type: 'code id_token', scope: 'openid', nonce: 'n', ...detailed(listening) };
    const { answer } = await ask(stack, hybrid, query);
    expect(answer.location).toContain('error=invalid_authorization_details');
    const form = { grant_type: 'password', username: 'demo\\agent', password: 'demo-agent-password' };
    const password = await token(stack, hybrid, { ...form, ...detailed(listening) });
    expect(password.json().error).toBe('invalid_authorization_details');
  });
});

describe('authorization details of a grant', () => {
  // attack: authorization details widened at a refresh | RFC 9396 6 | guard: services/auth-api/src/core/protocol/authorization-details.ts
  it('are narrowed by a refresh, never widened, and a refusal uses up no token', async () => {
    const tokens = await grant(detailed(listening));
    const wider = [
      { ...listening, actions: ['listen', 'delete'] },
      { ...listening, campaign: 'autumn' },
      { type, actions: ['listen'] },
      { ...listening, days: 7 },
    ];
    for (const asked of wider) {
      const refused = await refresh(tokens, detailed(asked));
      expect([refused.status, refused.json().error]).toEqual([400, 'invalid_authorization_details']);
    }
    const less = { ...listening, actions: ['rate'] };
    const renewed = (await refresh(tokens, detailed(less))).json<Detailed>();
    expect(renewed.authorization_details).toEqual([less]);
    expect(await introspect(stack, client, renewed.access_token)).toMatchObject({
      authorization_details: [less],
    });
    const whole = (await refresh(renewed)).json<Detailed>();
    expect(whole.authorization_details).toEqual([listening]);
    expect(whole).not.toHaveProperty('scope');
  });

  // attack: authorization details made up where a grant is narrowed | RFC 9396 6, 12 | guard: services/auth-api/src/oauth/token/grant-handler.ts
  it('are narrowed by values of the type: what a grant left open may be named, and not made up', async () => {
    const { resource, type: open, location: place } = await createResource(stack);
    await changeClient(stack, resource, { detailTypes: [{ type: open, actions: ['listen', 'rate'] }] });
    const by = await createClient(stack, { authorizationDetailsTypes: [open] });
    const { refresh_token } = await grant(detailed({ type: open }), by);
    const renewed = (asked: object) =>
      token(stack, by, { grant_type: 'refresh_token', refresh_token, ...detailed(asked) });
    const madeUp = [
      { type: open, actions: ['delete'] },
      { type: open, actions: ['listen'], privileges: ['admin'] },
      { type: open, locations: ['https://elsewhere.test'] },
    ];
    for (const asked of madeUp) {
      const code = responseOf(await decide(stack, await ask(stack, by, detailed({ type: open })))).get(
        'code',
      );
      for (const answer of [await renewed(asked), await redeem(stack, by, code ?? '', detailed(asked))])
        expect([answer.status, answer.json().error]).toEqual([400, 'invalid_authorization_details']);
    }
    const named = { type: open, actions: ['listen'], locations: [place] };
    expect((await renewed(named)).json<Detailed>().authorization_details).toEqual([named]);
  });

  it('are narrowed where the code is redeemed, and not where nothing was granted', async () => {
    const two = [listening, { ...listening, campaign: 'autumn' }];
    const code =
      responseOf(await decide(stack, await ask(stack, client, detailed(...two)))).get('code') ?? '';
    const narrowed = (await redeem(stack, client, code, detailed(listening))).json<Detailed>();
    expect(narrowed.authorization_details).toEqual([listening]);
    expect((await refresh(narrowed)).json<Detailed>().authorization_details).toEqual(two);

    const { answer } = await ask(stack, client, { scope: 'calls' });
    const plain = responseOf(answer).get('code') ?? '';
    const refused = await redeem(stack, client, plain, detailed(listening));
    expect(refused.json().error).toBe('invalid_authorization_details');
  });

  it('end with the type in the registration of the client', async () => {
    const losing = await createClient(stack, { authorizationDetailsTypes: [type] });
    const tokens = await grant({ scope: 'calls', ...detailed(listening) }, losing);
    await changeClient(stack, losing, { authorizationDetailsTypes: [] });
    expect(await introspect(stack, losing, tokens.access_token)).toEqual({ active: false });
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    const renewed = (await token(stack, losing, form)).json<Detailed>();
    expect(renewed).toMatchObject({ scope: 'calls' });
    expect(renewed).not.toHaveProperty('authorization_details');
  });

  it("are in a client's own token", async () => {
    const form = { grant_type: 'client_credentials', ...detailed(listening) };
    const own = (await token(stack, client, form)).json<Detailed>();
    expect(own.authorization_details).toEqual([listening]);
    expect(own).not.toHaveProperty('scope');
    expect(await introspect(stack, client, own.access_token)).toMatchObject({
      authorization_details: [listening],
    });
    const stranger = await createClient(stack);
    expect((await token(stack, stranger, form)).json().error).toBe('invalid_authorization_details');
  });
});
