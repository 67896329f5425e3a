/** 24, 30: tokens that are made by a registration which has changed already, and those that are not. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import {
  changeClient,
  createClient,
  introspect,
  type OAuthJson,
  passwordTokens,
  type TestClient,
  token,
} from '../stack/oauth.ts';

let stack: AuthApi;
let replica: AuthApi;
let reader: TestClient;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  replica = await startAuthApi({ beside: stack });
  reader = await createClient(stack, { internalClient: true });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});
beforeEach(async () => {
  client = await createClient(stack, { scope: ['read', 'write'] });
});

const loseScope = () => changeClient(stack, client, { scope: ['read'] });
const isActive = async ({ access_token: text }: Pick<OAuthJson, 'access_token'>) =>
  (await introspect(stack, reader, text))['active'];
const ownToken = async (at: AuthApi) =>
  (await token(at, client, { grant_type: 'client_credentials' })).json();

/** No change is announced meanwhile; afterwards they are found in the log. */
async function unannounced<T>(work: () => Promise<T>): Promise<T> {
  const { redis } = stack.deps.stores;
  await redis.call('ACL', 'SETUSER', 'default', '-publish');
  try {
    return await work();
  } finally {
    await redis.call('ACL', 'SETUSER', 'default', '+publish');
  }
}

/** Until `release` no change is committed; what it ends is ended already. */
async function holdCommits() {
  const connection = await stack.deps.stores.pool.connect();
  const call = (name: string) =>
    connection.query(`SELECT ${name}(hashtext('gatehouse.changes'), hashtext('auth'))`);
  await call('pg_advisory_lock');
  return {
    async release() {
      await call('pg_advisory_unlock');
      connection.release();
    },
  };
}

describe('a token that says more than the registration', () => {
  // attack: token issued while its client is changed | ASVS 15.4.2 | guard: services/auth-api/src/tokens/stale-registration-tokens.ts
  it('does not come of a request that began before the change', async () => {
    await passwordTokens(stack, client);
    const held = new Promise<() => void>((hold) => {
      stack.simulator.faults.onAnswer = (answer, refId, send) => hold(() => send(answer, refId));
    });
    const asked = passwordTokens(stack, client);
    const release = await held;
    delete stack.simulator.faults.onAnswer;

    expect((await loseScope()).status).toBe(200);
    release();

    expect(await isActive(await asked)).toBe(false);
  });

  it('does not come while the change is under way, announced or not; what is given by the new one is good', async () => {
    const before = await ownToken(stack);
    expect(await isActive(await ownToken(replica))).toBe(true);
    const commits = await holdCommits();
    const losing = unannounced(loseScope);
    await expect.poll(() => isActive(before)).toBe(false);
    const [here, there] = [await ownToken(stack), await ownToken(replica)];
    expect([await isActive(here), await isActive(there)]).toEqual([true, true]);

    await commits.release();

    expect((await losing).status).toBe(200);
    expect(await isActive(here)).toBe(false);
    const good = await ownToken(stack);
    expect(good.scope).toBe('read');
    // Whatever comes by the channel has the other replica look at what it has missed.
    await stack.deps.stores.redis.publish('gatehouse:changes:auth', 'anything');
    await expect.poll(() => isActive(there)).toBe(false);
    expect(await isActive(good)).toBe(true);
  });
});
