/** 24, 30: what a registration loses ends in the tokens that are out, and nothing else does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { exchangeGrant, exchangeToken, urn } from '../stack/exchange.ts';
import {
  changeClient,
  createClient,
  getCode,
  introspect,
  opsCall,
  passwordTokens,
  redeem,
  type TestClient,
  token,
} from '../stack/oauth.ts';

let stack: AuthApi;
let reader: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  reader = await createClient(stack, { internalClient: true });
});
afterAll(() => stack?.close());

const grants = ['authorization_code', 'client_credentials', 'refresh_token', 'password'];

async function change(client: TestClient, data: Record<string, unknown>): Promise<void> {
  const answer = await changeClient(stack, client, data);
  expect(answer.status).toBe(200);
}
const activeOf = (...texts: string[]) =>
  Promise.all(texts.map(async (text) => (await introspect(stack, reader, text))['active']));
const refresh = (client: TestClient, refreshToken: string) =>
  token(stack, client, { grant_type: 'refresh_token', refresh_token: refreshToken });
const ownToken = async (client: TestClient): Promise<string> =>
  (await token(stack, client, { grant_type: 'client_credentials' })).json().access_token;
async function codeTokens(client: TestClient) {
  return (await redeem(stack, client, await getCode(stack, createBrowser(stack.app), client))).json();
}

describe.each(['opaque', 'jwt'])('a client with %s tokens', (accessTokenFormat) => {
  it('that loses a scope loses its access tokens, and renews with the scope that is left', async () => {
    const client = await createClient(stack, { accessTokenFormat, scope: ['read', 'write'] });
    const [user, own] = [await passwordTokens(stack, client), await ownToken(client)];

    await change(client, { scope: ['read'] });

    expect(await activeOf(user.access_token, own)).toEqual([false, false]);
    const renewed = (await refresh(client, user.refresh_token)).json();
    expect(renewed.scope).toBe('read');
    expect(await activeOf(renewed.access_token, await ownToken(client))).toEqual([true, true]);
  });

  it('that had every scope loses some of them by any list', async () => {
    const client = await createClient(stack, { accessTokenFormat });
    const own = await ownToken(client);

    await change(client, { scope: ['read'] });

    expect(await activeOf(own)).toEqual([false]);
  });

  it('that gains a scope, or is described anew, keeps what it has', async () => {
    const client = await createClient(stack, { accessTokenFormat, scope: ['read'] });
    const [user, own] = [await passwordTokens(stack, client), await ownToken(client)];

    await change(client, { scope: ['write', 'read'] });
    await change(client, { scope: ['*'], description: 'new', authorizedGrantTypes: grants });

    expect(await activeOf(user.access_token, own)).toEqual([true, true]);
  });

  it('that loses a grant type loses what it got by it, also when it gets it back', async () => {
    const client = await createClient(stack, { accessTokenFormat });
    const [byPassword, byCode, own] = [
      await passwordTokens(stack, client),
      await codeTokens(client),
      await ownToken(client),
    ];

    await change(client, { authorizedGrantTypes: grants.filter((type) => type !== 'password') });
    await change(client, { authorizedGrantTypes: grants });

    expect(await activeOf(byPassword.access_token, byCode.access_token, own)).toEqual([false, true, true]);
    expect((await refresh(client, byPassword.refresh_token)).json().error).toBe('invalid_grant');
    expect((await refresh(client, byCode.refresh_token)).status).toBe(200);
    expect(await activeOf((await passwordTokens(stack, client)).access_token)).toEqual([true]);
  });

  it('that loses client_credentials loses its own tokens alone', async () => {
    const client = await createClient(stack, { accessTokenFormat });
    const [user, own] = [await passwordTokens(stack, client), await ownToken(client)];

    await change(client, { authorizedGrantTypes: grants.filter((type) => type !== 'client_credentials') });

    expect(await activeOf(user.access_token, own)).toEqual([true, false]);
  });

  it('ends what others made of its tokens with them', async () => {
    const client = await createClient(stack, { accessTokenFormat, scope: ['read', 'write'] });
    const gateway = await createClient(stack, {
      accessTokenFormat,
      authorizedGrantTypes: [exchangeGrant, 'refresh_token'],
      tokenExchange: { subjectClients: [client.clientId], refreshTokens: true },
    });
    const exchange = async (text: string, type: string) =>
      (await exchangeToken(stack, gateway, text, { requested_token_type: urn(type) })).json().access_token;
    const user = await passwordTokens(stack, client);
    const [access, renewing] = [
      await exchange(user.access_token, 'access_token'),
      await exchange(user.access_token, 'refresh_token'),
    ];

    await change(client, { scope: ['read'] });

    expect(await activeOf(access)).toEqual([false]);
    expect((await refresh(gateway, renewing)).json().error).toBe('invalid_grant');
    const renewed = (await refresh(client, user.refresh_token)).json();
    expect(await activeOf(await exchange(renewed.access_token, 'access_token'))).toEqual([true]);
  });

  it('that may exchange the tokens of one client less loses what it got by exchange, and exchanges again', async () => {
    const [portal, other] = [await createClient(stack), await createClient(stack)];
    const gateway = await createClient(stack, {
      accessTokenFormat,
      authorizedGrantTypes: [exchangeGrant, 'client_credentials'],
      tokenExchange: { subjectClients: [portal.clientId, other.clientId] },
    });
    const user = await passwordTokens(stack, portal);
    const exchange = async () => (await exchangeToken(stack, gateway, user.access_token)).json().access_token;
    const [before, own] = [await exchange(), await ownToken(gateway)];

    await change(gateway, { tokenExchange: { subjectClients: [portal.clientId] } });

    expect(await activeOf(before, own, await exchange())).toEqual([false, true, true]);
  });

  it('that names who may act with its tokens ends those that let others', async () => {
    const portal = await createClient(stack, { accessTokenFormat });
    const gateway = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [portal.clientId] },
    });
    const user = await passwordTokens(stack, portal);
    const before = (await exchangeToken(stack, gateway, user.access_token)).json().access_token;

    await change(portal, { tokenExchange: { mayAct: 'somebody-else' } });

    expect(await activeOf(user.access_token, before)).toEqual([false, false]);
    const renewed = (await refresh(portal, user.refresh_token)).json();
    expect((await exchangeToken(stack, gateway, renewed.access_token)).status).toBe(400);
    await change(portal, { tokenExchange: {}, description: 'any may' });
    expect(await activeOf(renewed.access_token)).toEqual([true]);
  });

  it('that was deleted and registered anew exchanges the tokens of users who signed in before', async () => {
    const portal = await createClient(stack);
    const registration = {
      client_id: `again-${accessTokenFormat}`,
      accessTokenFormat,
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [portal.clientId] },
    };
    const user = await passwordTokens(stack, portal);
    const before = await createClient(stack, registration);
    const exchanged = (await exchangeToken(stack, before, user.access_token)).json().access_token;

    await opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${before.clientId}`);
    const again = await createClient(stack, registration);

    const anew = (await exchangeToken(stack, again, user.access_token)).json().access_token;
    expect(await activeOf(exchanged, anew)).toEqual([false, true]);
  });
});

it('a refresh token that waited while its client could not renew is worth nothing afterwards', async () => {
  const client = await createClient(stack);
  const user = await passwordTokens(stack, client);

  await change(client, { authorizedGrantTypes: grants.filter((type) => type !== 'refresh_token') });
  expect((await refresh(client, user.refresh_token)).json().error).toBe('unauthorized_client');
  await change(client, { authorizedGrantTypes: grants });

  expect((await introspect(stack, client, user.refresh_token))['active']).toBe(false);
  expect((await refresh(client, user.refresh_token)).json().error).toBe('invalid_grant');
  expect(await activeOf(user.access_token)).toEqual([true]);
});

it('a code that waits while its client loses the grant is worth nothing', async () => {
  const client = await createClient(stack);
  const code = await getCode(stack, createBrowser(stack.app), client);

  await change(client, { authorizedGrantTypes: ['client_credentials', 'refresh_token', 'password'] });
  await change(client, { authorizedGrantTypes: grants, responseTypes: ['code'] });

  expect((await redeem(stack, client, code)).json().error).toBe('invalid_grant');
});

it('no token outruns a change that a replica had not heard of', async () => {
  const aheadMs = 5_000;
  const replica = await startAuthApi({ beside: stack, now: () => Date.now() + aheadMs });
  try {
    const client = await createClient(stack, { scope: ['read', 'write'] });
    // Its clock is ahead: for the cut-off of the change this token comes afterwards.
    const late = (await token(replica, client, { grant_type: 'client_credentials' })).json().access_token;

    await change(client, { scope: ['read'] });

    await expect.poll(() => activeOf(late), { timeout: 2000 }).toEqual([false]);
  } finally {
    await replica.close();
  }
});
