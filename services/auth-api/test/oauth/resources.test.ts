/** Tokens for the APIs that a request names (RFC 8707), or that the registration of a client names. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import * as ciba from '../stack/backchannel.ts';
import { createBrowser } from '../stack/browser.ts';
import { ask, decide } from '../stack/details.ts';
import { exchangeGrant, exchangeToken } from '../stack/exchange.ts';
import { readView } from '../stack/interaction.ts';
import {
  authorizeUrl,
  changeClient,
  createClient,
  getCode,
  interactionOf,
  introspect,
  type OAuthAnswer,
  type OAuthJson,
  opsCall,
  passwordTokens,
  postForm,
  redeem,
  responseOf,
  type TestClient,
  token,
} from '../stack/oauth.ts';
import { assertionClaims, createClientKey, issuer } from '../stack/signing-client.ts';

const calls = 'https://calls.test/api';
const reports = 'https://reports.test/api';
const tools = 'https://tools.test';

let stack: AuthApi;
let callsApi: TestClient;
let reportsApi: TestClient;
let client: TestClient;
/** Introspects every token. */
let auditor: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  callsApi = await createClient(stack, { resources: [calls], authorizedGrantTypes: [], redirectURIs: [] });
  reportsApi = await createClient(stack, {
    resources: [reports],
    authorizedGrantTypes: ['client_credentials'],
  });
  await createClient(stack, { resources: [tools], openResources: true, authorizedGrantTypes: [] });
  auditor = await createClient(stack, { internalClient: true });
  client = await createClient(stack, { audiences: [callsApi.clientId, reports] });
});
afterAll(() => stack?.close());

const audienceOf = async (text: string) => (await introspect(stack, auditor, text))['aud'];

const refusal = (answer: OAuthAnswer) => {
  const { error, error_description: description } = answer.json();
  return [answer.status, error, description];
};

const refresh = (tokens: OAuthJson, form: Record<string, string> = {}, by = client) =>
  token(stack, by, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, ...form });

async function codeFor(query: string, by = client): Promise<string> {
  const browser = createBrowser(stack.app);
  await getCode(stack, browser, by);
  const code = responseOf(await browser.get(`${authorizeUrl(by)}${query}`)).get('code');
  if (code === null) throw new Error('no code');
  return code;
}

const both = `&resource=${encodeURIComponent(calls)}&resource=${encodeURIComponent(reports)}`;

describe('the resources of an authorization request', () => {
  it('are what the token of the code is for, as often as the parameter was given', async () => {
    const tokens = (await redeem(stack, client, await codeFor(both))).json();
    expect(await audienceOf(tokens.access_token)).toEqual([calls, reports]);
    expect(await introspect(stack, reportsApi, tokens.access_token)).toMatchObject({ active: true });
  });

  it('are narrowed by the requests for tokens, each from the whole grant', async () => {
    const tokens = (await redeem(stack, client, await codeFor(both), { resource: calls })).json();
    const second = (await refresh(tokens, { resource: reports })).json();
    const third = (await refresh(second)).json();
    expect(await audienceOf(tokens.access_token)).toEqual([calls]);
    expect(await audienceOf(second.access_token)).toEqual([reports]);
    expect(await audienceOf(third.access_token)).toEqual([calls, reports]);
  });

  // attack: token for another resource than the user was asked about | RFC 8707 2.2 | guard: services/auth-api/src/registry/clients/targets.ts
  it('are never widened by a request for tokens, which uses no refresh token up', async () => {
    const one = `&resource=${encodeURIComponent(calls)}`;
    const refused = await redeem(stack, client, await codeFor(one), { resource: reports });
    expect(refusal(refused)).toEqual([
      400,
      'invalid_target',
      `The client may not ask for ${reports}; it may ask for ${calls}`,
    ]);
    const tokens = (await redeem(stack, client, await codeFor(one))).json();
    expect(refusal(await refresh(tokens, { resource: reports }))[1]).toBe('invalid_target');
    expect(await audienceOf((await refresh(tokens)).json().access_token)).toEqual([calls]);
  });

  it('are asked for in any spelling of the host, and named as registered', async () => {
    const tokens = await passwordTokens(stack, client, { resource: 'HTTPS://TOOLS.test/' });
    expect(await audienceOf(tokens.access_token)).toEqual([tools]);
  });

  it('may be pushed, and signed', async () => {
    const key = await createClientKey();
    const signing = await createClient(stack, { audiences: [calls], jwks: { keys: [key.publicJwk] } });
    const { sub: _sub, ...claims } = assertionClaims(signing.clientId);
    const asked = Object.fromEntries(new URL(`https://x${authorizeUrl(signing)}`).searchParams);
    const request = await key.sign({ ...claims, ...asked, resource: [calls, tools] });
    const pushed = await postForm(stack, 'par', { client_id: signing.clientId, request }, signing);
    const { request_uri } = pushed.json<{ request_uri: string }>();
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);
    const query = new URLSearchParams({ client_id: signing.clientId, request_uri });
    const code = responseOf(await browser.get(`/auth/v3/oauth/authorize?${query}`)).get('code') ?? '';
    const tokens = (await redeem(stack, signing, code)).json();
    expect((await introspect(stack, signing, tokens.access_token))['aud']).toEqual([calls, tools]);

    const refused = await postForm(stack, 'par', { ...asked, resource: reports }, signing);
    expect(refusal(refused).slice(0, 2)).toEqual([400, 'invalid_target']);
  });

  it('come back to the client as an error that names the value and what is allowed', async () => {
    const answer = await createBrowser(stack.app).get(
      authorizeUrl(client, { resource: 'https://elsewhere.test/api' }),
    );
    expect(responseOf(answer).get('error')).toBe('invalid_target');
    expect(responseOf(answer).get('error_description')).toBe(
      `The client may not ask for https://elsewhere.test/api; it may ask for ${calls}, ${reports}`,
    );
  });

  it('are asked for by the authorization request: a token request brings none, not even an open API', async () => {
    const plain = await createClient(stack, {});
    const late = await redeem(stack, plain, await codeFor('', plain), { resource: tools });
    expect(refusal(late)[2]).toBe(
      `The client may not ask for ${tools}; neither the authorization nor the registration names an API`,
    );
  });

  it.each(['calls', '/api', 'https://calls.test/api#part', 'https://calls.test/a b'])(
    'are absolute addresses without a fragment: not %s',
    async (resource) => {
      const answer = await token(stack, client, { grant_type: 'client_credentials', resource });
      expect(refusal(answer).slice(0, 2)).toEqual([400, 'invalid_target']);
      expect(answer.json().error_description).toContain('must be an absolute URI without a fragment');
    },
  );

  // attack: remembered consent that covers another resource | RFC 8707 3 | guard: services/auth-api/src/oauth/authorize/authorization-decision.ts
  it('are shown and asked about each time where the client needs consent', async () => {
    const asking = await createClient(stack, { requireConsent: true });
    const plain = await ask(stack, asking, {});
    await decide(stack, plain);
    const again = await ask(stack, asking, {}, plain.browser);
    expect(responseOf(again.answer).get('code')).not.toBeNull();

    const named = await ask(stack, asking, { resource: tools }, plain.browser);
    const view = await readView(stack.app, named.browser, interactionOf(named.answer));
    expect(view.consent).toMatchObject({ scope: ['*'], resources: [tools] });
    const silent = await ask(stack, asking, { resource: tools, prompt: 'none' }, plain.browser);
    expect(responseOf(silent.answer).get('error')).toBe('consent_required');
  });

  // attack: token for an API of another contact centre | RFC 8707 3 | guard: services/auth-api/src/registry/clients/targets.ts
  it('serve the contact centre of the user', async () => {
    const address = 'https://foreign.test/api';
    await createClient(stack, {
      resources: [address],
      openResources: true,
      authorizedGrantTypes: ['client_credentials'],
      contactCenterIds: [otherContactCenterId],
    });
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);
    const answer = await browser.get(authorizeUrl(client, { resource: address }));
    expect(responseOf(answer).get('error')).toBe('invalid_target');
    expect(responseOf(answer).get('error_description')).toBe(`${address} does not serve this contact centre`);
    const named = await createClient(stack, { audiences: [address], contactCenterIds: [contactCenterId] });
    const refused = await token(stack, named, { grant_type: 'client_credentials' });
    expect(refusal(refused).slice(0, 2)).toEqual([400, 'invalid_target']);
  });
});

describe('the resources of other grants', () => {
  it('are those of a client for itself, in a JWT, too', async () => {
    const jwts = await createClient(stack, { audiences: [calls], accessTokenFormat: 'jwt' });
    const answer = await token(stack, jwts, { grant_type: 'client_credentials', resource: calls });
    expect(decodeJwt(answer.json().access_token).aud).toBe(calls);
    expect((await introspect(stack, jwts, answer.json().access_token))['aud']).toEqual([calls]);
    const exchange = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [client.clientId], audiences: [callsApi.clientId] },
    });
    const { access_token: subject } = await passwordTokens(stack, client);
    const exchanged = await exchangeToken(stack, exchange, subject, { resource: calls });
    expect(await audienceOf(exchanged.json().access_token)).toEqual([calls, callsApi.clientId]);
  });

  it('are those of a device', async () => {
    const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
    const wallboard = await createClient(stack, {
      clientType: 'PUBLIC',
      authorizedGrantTypes: [grantType, 'refresh_token'],
    });
    const begun = await postForm(stack, 'device', { resource: tools }, wallboard);
    const { device_code, user_code } = begun.json<{ device_code: string; user_code: string }>();
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);
    const asked = await browser.postForm('/auth/v3/oauth/device/code', { user_code });
    const interaction = interactionOf(asked);
    const { csrf } = await readView(stack.app, browser, interaction);
    const onward = await browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer: 'allowed' });
    await browser.get(onward.location ?? '');
    const answer = await token(stack, wallboard, { grant_type: grantType, device_code });
    expect(await audienceOf(answer.json().access_token)).toEqual([tools]);
    const refused = await postForm(stack, 'device', { resource: calls }, wallboard);
    expect(refusal(refused)).toEqual([
      400,
      'invalid_target',
      `The client may not ask for ${calls}; its registration names no API`,
    ]);
  });

  it('are those of an approval', async () => {
    const asker = await ciba.createAsker(stack, { audiences: [calls] });
    const { auth_req_id } = await ciba.asked(stack, asker, { resource: calls });
    await ciba.say(await ciba.signedIn(stack), 'approved');
    const answer = await ciba.poll(stack, asker, auth_req_id);
    expect(await audienceOf(answer.json().access_token)).toEqual([calls]);
    expect(refusal(await ciba.ask(stack, asker, { resource: reports }))[1]).toBe('invalid_target');
  });
});

describe('the audience by registration', () => {
  it('is that of every token where no resource is named, and absent from a token of a client without one', async () => {
    const tokens = (await redeem(stack, client, await codeFor(''))).json();
    expect(await audienceOf(tokens.access_token)).toEqual([callsApi.clientId, reports]);
    const own = await token(stack, client, { grant_type: 'client_credentials' });
    expect(await audienceOf(own.json().access_token)).toEqual([callsApi.clientId, reports]);
    const narrowed = await refresh(tokens, { resource: calls });
    expect(await audienceOf(narrowed.json().access_token)).toEqual([calls]);
    const plain = await createClient(stack);
    const answer = await token(stack, plain, { grant_type: 'client_credentials' });
    expect(await introspect(stack, plain, answer.json().access_token)).not.toHaveProperty('aud');
  });

  // attack: token of an API used at our own APIs | RFC 9068 4, RFC 8707 3 | guard: services/auth-api/src/tokens/resource-tokens.ts
  it('keeps tokens from our own APIs, unless it names the client or our issuer', async () => {
    const statusOf = async (by: TestClient, form: Record<string, string> = {}) => {
      const { access_token } = await passwordTokens(stack, by, { scope: 'openid', ...form });
      const headers = { authorization: `Bearer ${access_token}` };
      return (await stack.app.inject({ url: '/auth/v3/openid/userinfo', headers })).statusCode;
    };
    expect(await statusOf(client)).toBe(401);
    expect(await statusOf(client, { resource: calls })).toBe(401);
    for (const own of [issuer, `${issuer}/openid/userinfo`])
      expect(await statusOf(client, { resource: own })).toBe(200);
    const open = await createClient(stack, { audiences: [calls, issuer] });
    expect(await statusOf(open)).toBe(200);
    const itself = { audiences: [calls, 'reader'], client_id: 'reader' };
    expect(await statusOf(await createClient(stack, itself))).toBe(200);
  });

  it('may name an API that is no client here', async () => {
    const outside = await createClient(stack, { audiences: ['api://orders'] });
    const answer = await token(stack, outside, { grant_type: 'client_credentials' });
    expect((await introspect(stack, outside, answer.json().access_token))['aud']).toEqual(['api://orders']);
  });

  it('is a client id or an absolute address', async () => {
    const refused = await changeClient(stack, client, { audiences: ['https://calls.test/#part'] });
    expect([refused.status, refused.body]).toEqual([400, expect.stringContaining('data.audiences')]);
  });

  // attack: token for an API that the registration has lost | RFC 9700 4.10.2 | guard: services/auth-api/src/registry/clients/narrowing.ts
  it('ends the access tokens that name an API which it has lost; a refresh is refused or corrected', async () => {
    const narrow = await createClient(stack, { audiences: [calls, reports] });
    const byRegistration = await passwordTokens(stack, narrow);
    const asked = await passwordTokens(stack, narrow, { resource: reports });
    await changeClient(stack, narrow, { audiences: [calls] });
    expect(await introspect(stack, narrow, byRegistration.access_token)).toEqual({ active: false });
    const corrected = (await refresh(byRegistration, {}, narrow)).json();
    expect((await introspect(stack, narrow, corrected.access_token))['aud']).toEqual([calls]);
    expect(refusal(await refresh(asked, {}, narrow))[1]).toBe('invalid_target');
  });
});

describe('an API', () => {
  it.each(['calls', 'https://calls.test/#part'])(
    'is registered under absolute addresses without a fragment: not %s',
    async (address) => {
      const { status, body } = await changeClient(stack, client, { resources: [address] });
      expect([status, body]).toEqual([
        400,
        expect.stringMatching(/data\.resources\.0.*must be an absolute URI without a fragment/),
      ]);
    },
  );

  // attack: API address that changed hands | RFC 8707 3 | guard: services/auth-api/src/registry/clients/narrowing.ts
  it('that is deleted, loses its address or closes it ends the tokens for it, also those of refresh tokens', async () => {
    const ends = async (end: (api: TestClient, address: string) => Promise<unknown>) => {
      const address = `https://gone-${Math.random()}.test/api`;
      const settings = {
        resources: [address],
        openResources: true,
        authorizedGrantTypes: ['client_credentials'],
      };
      const api = await createClient(stack, settings);
      const tokens = await passwordTokens(stack, client, { resource: address });
      expect(await introspect(stack, api, tokens.access_token)).toMatchObject({ active: true });
      await end(api, address);
      expect(await introspect(stack, client, tokens.access_token)).toEqual({ active: false });
      expect(refusal(await refresh(tokens))[1]).toBe('invalid_grant');
    };
    await ends(({ clientId }) => opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${clientId}`));
    await ends((api) => changeClient(stack, api, { resources: [] }));
    await ends((api) => changeClient(stack, api, { openResources: false }));
  });

  // attack: address of another API registered | RFC 8707 3 | guard: services/auth-api/src/registry/clients/unique.ts
  it('has its address for itself', async () => {
    const refused = await opsCall(stack, 'POST', '/auth/v3/ops/clients', {
      data: { client_id: 'thief', authorizedGrantTypes: [], resources: [`${tools}/`] },
    });
    expect([refused.status, refused.body]).toEqual([409, expect.stringContaining('data.resources')]);
  });

  // attack: our issuer registered as the address of an API | RFC 8707 3 | guard: services/auth-api/src/registry/clients/client.ts
  it('that registers our issuer learns nothing of tokens for our own APIs', async () => {
    const greedy = await createClient(stack, {
      resources: [issuer],
      authorizedGrantTypes: ['client_credentials'],
      contactCenterIds: [otherContactCenterId],
    });
    const { access_token } = await passwordTokens(stack, client, { resource: issuer });
    expect(await introspect(stack, greedy, access_token)).toEqual({ active: false });
  });
});
