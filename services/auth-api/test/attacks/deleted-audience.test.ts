/** Tokens that others hold for a client which is deleted, and whose id somebody takes afterwards; on two replicas. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { exchangeGrant, exchangeToken, refusalOf, urn } from '../stack/exchange.ts';
import { createClient, introspect, opsCall, passwordTokens, type TestClient, token } from '../stack/oauth.ts';

let stack: AuthApi;
let replica: AuthApi;
let observer: TestClient;
let portal: TestClient;
/** What the tokens are for. */
let reports: TestClient;
/** Who holds them. */
let gateway: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  replica = await startAuthApi({ beside: stack });
  observer = await createClient(stack, { internalClient: true });
  portal = await createClient(stack);
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});
beforeEach(async () => {
  reports = await createClient(stack);
  gateway = await createClient(stack, {
    authorizedGrantTypes: [exchangeGrant, 'refresh_token'],
    tokenExchange: {
      subjectClients: [portal.clientId],
      audiences: [reports.clientId],
      refreshTokens: true,
    },
  });
});

const erase = () => opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${reports.clientId}`);
const takeId = () => createClient(stack, { client_id: reports.clientId });
const isActive = async (text: string, at = stack) => (await introspect(at, observer, text))['active'];

/** The gateway's token for the reports. */
async function tokenFor(form: Record<string, string> = {}, by = gateway, at = stack) {
  const { access_token: subject } = await passwordTokens(stack, portal);
  const answer = await exchangeToken(at, by, subject, { audience: reports.clientId, ...form });
  if (answer.status !== 200) throw new Error(answer.body);
  return answer.json();
}

describe('a token for a client that is deleted', () => {
  // attack: take the id of a deleted client to get the tokens that others hold for it | CWE-613 | guard: services/auth-api/src/registry/clients/narrowing.ts
  it.each(['opaque', 'jwt'])('ends, and the next owner of the id gets nothing of it: %s', async (format) => {
    const holder = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      accessTokenFormat: format,
      tokenExchange: { subjectClients: [portal.clientId], audiences: [reports.clientId] },
    });
    const { access_token: held } = await tokenFor({}, holder);
    expect(await isActive(held, replica)).toBe(true);

    expect((await erase()).status).toBe(200);

    expect(await isActive(held)).toBe(false);
    await expect.poll(() => isActive(held, replica), { timeout: 1000 }).toBe(false);
    const taker = await takeId();
    expect(await introspect(stack, taker, held)).toEqual({ active: false });
    const { access_token: later } = await tokenFor({}, holder);
    expect((await introspect(stack, taker, later))['active']).toBe(true);
  });

  // attack: refresh a token for a deleted client once its id has another owner | CWE-613 | guard: services/auth-api/src/tokens/grant.ts
  it('is not renewed by its refresh token', async () => {
    const refresh = async () => {
      // RFC 8693 section 2.2.1: whatever was asked for is in `access_token`.
      const { access_token } = await tokenFor({ requested_token_type: urn('refresh_token') });
      return () => token(stack, gateway, { grant_type: 'refresh_token', refresh_token: access_token });
    };
    const [before, after] = [await refresh(), await refresh()];
    expect((await before()).status).toBe(200);
    await erase();
    await takeId();
    expect(refusalOf(await after())).toEqual([400, 'invalid_grant']);
  });

  // attack: keep what was exchanged from a token for a client that is deleted | CWE-613 | guard: services/auth-api/src/oauth/token/exchange/derived-record.ts
  it('ends with what was made from it', async () => {
    const second = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [gateway.clientId] },
    });
    const { access_token: first } = await tokenFor();
    const { access_token: derived } = (await exchangeToken(stack, second, first)).json();
    expect(await isActive(derived)).toBe(true);

    await erase();

    expect(await isActive(derived)).toBe(false);
  });

  // attack: exchange for a deleted client at a replica that has not heard of it | ASVS 15.4.2 | guard: services/auth-api/src/oauth/token/grants/token-exchange.ts
  it('ends where a replica issued it that did not know of the deletion', async () => {
    const { redis } = stack.deps.stores;
    await tokenFor({}, gateway, replica);
    await redis.call('ACL', 'SETUSER', 'default', '-publish');
    await erase();
    const { access_token: late } = await tokenFor({}, gateway, replica);
    expect(await isActive(late, replica)).toBe(true);
    await redis.call('ACL', 'SETUSER', 'default', '+publish');
    // Whatever comes by the channel has the replica look at what it has missed.
    await redis.publish('gatehouse:changes:auth', 'anything');
    for (const at of [stack, replica])
      await expect.poll(() => isActive(late, at), { timeout: 2000 }).toBe(false);
  });
});
