/** What was revoked stays revoked when Redis loses its data, and nothing is acknowledged that could be forgotten. */
import { startPostgres, type TestPostgres } from '@gatehouse/testing/postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { exchangeGrant, exchangeToken } from '../stack/exchange.ts';
import { type FailOver, startFailOver } from '../stack/fail-over.ts';
import {
  changeClient,
  createClient,
  getCode,
  introspect,
  opsCall,
  passwordTokens,
  postForm,
  redeem,
  type TestClient,
  token,
} from '../stack/oauth.ts';

const second = { timeout: 1000 };

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.close());

const env = () => ({ GATEHOUSE_POSTGRES_URL: postgres.url });
const jwtClient = (stack: AuthApi, data: Record<string, unknown> = {}) =>
  createClient(stack, { accessTokenFormat: 'jwt', ...data });

async function isActive(stack: AuthApi, client: TestClient, text: string): Promise<unknown> {
  const answer = await postForm(stack, 'introspect', { token: text }, client);
  return answer.status === 200 ? answer.json<{ active: boolean }>().active : answer.status;
}

async function logIn(
  stack: AuthApi,
  client: TestClient,
): Promise<{ browser: Browser; jwt: string; refresh: string }> {
  const browser = createBrowser(stack.app);
  const { access_token, refresh_token } = (
    await redeem(stack, client, await getCode(stack, browser, client))
  ).json();
  return { browser, jwt: access_token, refresh: refresh_token };
}

/** How a JWT ends, each with the token that must stay inactive. */
const ends: [string, (stack: AuthApi) => Promise<{ client: TestClient; jwt: string }>][] = [
  [
    'revoked by its client',
    async (stack) => {
      const client = await jwtClient(stack);
      const { access_token: jwt } = await passwordTokens(stack, client);
      expect((await postForm(stack, 'revoke', { token: jwt }, client)).status).toBe(200);
      return { client, jwt };
    },
  ],
  [
    'of a revoked refresh token',
    async (stack) => {
      const client = await jwtClient(stack);
      const { jwt, refresh } = await logIn(stack, client);
      expect((await postForm(stack, 'revoke', { token: refresh }, client)).status).toBe(200);
      return { client, jwt };
    },
  ],
  [
    'of a session that was signed out',
    async (stack) => {
      const client = await jwtClient(stack);
      const { browser, jwt } = await logIn(stack, client);
      await browser.postJson('/auth/v3/sign-out', {});
      return { client, jwt };
    },
  ],
  [
    'of a user who signed out everywhere',
    async (stack) => {
      const client = await jwtClient(stack);
      const { access_token: jwt } = await passwordTokens(stack, client);
      const { browser } = await logIn(stack, client);
      await browser.postJson('/auth/v3/sign-out', { global: true });
      return { client, jwt };
    },
  ],
  [
    'of a client that lost a scope',
    async (stack) => {
      const client = await jwtClient(stack, { scope: ['read', 'write'] });
      const { access_token: jwt } = await passwordTokens(stack, client);
      await changeClient(stack, client, { scope: ['read'] });
      return { client, jwt };
    },
  ],
  [
    'derived from a revoked one',
    async (stack) => {
      const portal = await createClient(stack);
      const client = await jwtClient(stack, {
        authorizedGrantTypes: [exchangeGrant],
        tokenExchange: { subjectClients: [portal.clientId] },
        shortExchangedTokens: false,
      });
      const { access_token: subject } = await passwordTokens(stack, portal);
      const jwt = (await exchangeToken(stack, client, subject)).json().access_token;
      expect((await postForm(stack, 'revoke', { token: subject }, portal)).status).toBe(200);
      return { client, jwt };
    },
  ],
];

describe('an emptied Redis', () => {
  let stack: AuthApi;
  beforeAll(async () => {
    stack = await startAuthApi();
  });
  afterAll(() => stack?.close());

  // attack: present a revoked JWT after Redis lost its data | ASVS 10.4.9, RFC 7009 2.2 | guard: services/auth-api/src/records/revocation/stream-reader.ts
  it.each(ends)(
    'does not bring back a JWT %s: here, and on a replica that starts afterwards',
    async (_name, end) => {
      const { client, jwt } = await end(stack);
      expect(await isActive(stack, client, jwt)).toBe(false);

      await stack.deps.stores.redis.flushall();

      await expect.poll(() => isActive(stack, client, jwt), second).toBe(false);
      const later = await startAuthApi({ beside: stack });
      try {
        expect(await isActive(later, client, jwt)).toBe(false);
      } finally {
        await later.close();
      }
    },
  );

  // attack: keep an exchanged JWT whose origin Redis has forgotten | RFC 8693 2.1, RFC 7009 2.1 | guard: services/auth-api/src/oauth/token/exchange/derived-record.ts
  it('does not separate an exchanged JWT from its parent: they end together afterwards too', async () => {
    const portal = await jwtClient(stack);
    const client = await jwtClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [portal.clientId] },
      shortExchangedTokens: false,
    });
    const { access_token: subject } = await passwordTokens(stack, portal);
    const jwt = (await exchangeToken(stack, client, subject)).json().access_token;
    await stack.deps.stores.redis.flushall();
    await expect.poll(() => isActive(stack, client, jwt), { timeout: 5000 }).toBe(true);

    expect((await postForm(stack, 'revoke', { token: subject }, portal)).status).toBe(200);

    expect(await isActive(stack, client, jwt)).toBe(false);
  });

  it('keeps a JWT that was not revoked, and loses opaque tokens and sessions', async () => {
    const [jwts, opaque] = [await jwtClient(stack), await createClient(stack)];
    const kept = await passwordTokens(stack, jwts);
    const lost = await passwordTokens(stack, opaque);
    const { browser } = await logIn(stack, opaque);

    await stack.deps.stores.redis.flushall();

    await expect.poll(() => isActive(stack, jwts, kept.access_token)).toBe(true);
    expect(await isActive(stack, opaque, lost.access_token)).toBe(false);
    expect((await browser.get('/auth/v3/ping')).status).toBe(403);
    const refreshed = await token(stack, opaque, {
      grant_type: 'refresh_token',
      refresh_token: lost.refresh_token,
    });
    expect([refreshed.status, refreshed.json().error]).toEqual([400, 'invalid_grant']);
  });

  it('is noticed by every replica: counted and logged', async () => {
    await stack.deps.stores.redis.flushall();

    await expect
      .poll(
        async () => Number(/^gatehouse_redis_losses_total (\d+)/m.exec(await stack.metrics.expose())?.[1]),
        {
          timeout: 5000,
        },
      )
      .toBeGreaterThan(0);
    expect(stack.logged()).toContain('redis_lost_its_history');
  });
});

describe('a fail-over to a copy that lacks the last second', () => {
  let redis: FailOver;
  let stack: AuthApi;
  let replica: AuthApi;
  beforeEach(async () => {
    redis = await startFailOver();
    stack = await startAuthApi({ env: { GATEHOUSE_REDIS_URL: redis.url } });
    replica = await startAuthApi({ beside: stack, env: { GATEHOUSE_REDIS_URL: redis.url } });
  });
  const laters: AuthApi[] = [];
  afterEach(async () => {
    for (const later of laters.splice(0)) await later.close();
    await replica?.close();
    await stack?.close();
    await redis?.close();
  });

  // attack: present a revoked token after a fail-over lost its revocation | ASVS 10.4.9, RFC 7009 2.2 | guard: services/auth-api/src/tokens/access-tokens.ts
  it('brings back nothing that was acknowledged as revoked: JWTs, opaque tokens, refresh tokens, sessions', async () => {
    const [jwts, opaque] = [await jwtClient(stack), await createClient(stack)];
    const jwt = await passwordTokens(stack, jwts);
    const plain = await passwordTokens(stack, opaque);
    const family = await passwordTokens(stack, opaque);
    const { browser } = await logIn(stack, opaque);
    const stolen = new Map(browser.cookies);
    await redis.copy();

    for (const [client, text] of [
      [jwts, jwt.access_token],
      [opaque, plain.access_token],
      [opaque, family.refresh_token],
    ] as const)
      expect((await postForm(stack, 'revoke', { token: text }, client)).status).toBe(200);
    await browser.postJson('/auth/v3/sign-out', {});
    await redis.failOver();
    const later = await startAuthApi({ beside: stack, env: { GATEHOUSE_REDIS_URL: redis.url } });
    laters.push(later);

    for (const at of [stack, replica, later]) {
      const settled = { timeout: 5000 };
      await expect.poll(() => isActive(at, jwts, jwt.access_token), settled).toBe(false);
      await expect.poll(() => isActive(at, opaque, plain.access_token), settled).toBe(false);
      await expect.poll(() => isActive(at, opaque, family.access_token), settled).toBe(false);
      const renewal = { grant_type: 'refresh_token', refresh_token: family.refresh_token };
      await expect.poll(async () => (await token(at, opaque, renewal)).status, settled).toBe(400);
      const thief = createBrowser(at.app);
      for (const [name, value] of stolen) thief.cookies.set(name, value);
      await expect.poll(async () => (await thief.get('/auth/v3/ping')).status, settled).toBe(403);
    }
  });

  it('keeps what it has: tokens and sessions of before work on', async () => {
    const opaque = await createClient(stack);
    const { access_token } = await passwordTokens(stack, opaque);
    const { browser } = await logIn(stack, opaque);
    await redis.copy();
    await redis.failOver();

    await expect.poll(() => isActive(stack, opaque, access_token), { timeout: 5000 }).toBe(true);
    await expect.poll(async () => (await browser.get('/auth/v3/ping')).status, { timeout: 5000 }).toBe(200);
  });
});

describe('without PostgreSQL', () => {
  let stack: AuthApi;
  let replica: AuthApi;
  let client: TestClient;
  beforeEach(async () => {
    stack = await startAuthApi({ env: env() });
    replica = await startAuthApi({ beside: stack, env: env() });
    client = await jwtClient(stack, { client_id: `jwt-${Date.now()}` });
  });
  afterEach(async () => {
    await postgres.start();
    await replica?.close();
    await stack?.close();
  });
  /** Both replicas know the client: it cannot be read later. */
  async function stopPostgres(): Promise<void> {
    for (const at of [stack, replica]) {
      await introspect(at, client, 'warm');
      await passwordTokens(at, client);
    }
    await postgres.stop();
  }
  const stored = async (kind: string) => {
    const { rows } = await stack.deps.stores.pool.query('SELECT id FROM auth.revocations WHERE kind = $1', [
      kind,
    ]);
    return rows.length;
  };

  // attack: rely on a revocation that only Redis knows | ASVS 10.4.9 | guard: services/auth-api/src/records/revocation/writer.ts
  it('a revocation is in force at once, is answered 503 with Retry-After until it is kept, and may be repeated', async () => {
    const { access_token: jwt } = await passwordTokens(stack, client);
    const revoke = (at: AuthApi) => postForm(at, 'revoke', { token: jwt }, client);
    const before = await stored('token');
    await stopPostgres();

    const answer = await revoke(stack);

    expect([answer.status, answer.headers['retry-after']]).toEqual([503, expect.stringMatching(/^[12]$/)]);
    await expect.poll(() => isActive(replica, client, jwt), second).toBe(false);
    // Nor does another replica say that it is done.
    expect([(await revoke(stack)).status, (await revoke(replica)).status]).toEqual([503, 503]);
    await postgres.start();
    await expect.poll(async () => (await revoke(replica)).status, { timeout: 10_000 }).toBe(200);
    expect(await stored('token')).toBe(before + 1);
    // The Redis that alone knew it is lost now.
    await stack.deps.stores.redis.flushall();
    await expect.poll(() => isActive(stack, client, jwt), { timeout: 5000 }).toBe(false);
  });

  it('a sign-out everywhere is in force at once, and its repetition is no success before it is kept', async () => {
    const { browser, jwt } = await logIn(stack, client);
    const signOut = () => browser.postJson('/auth/v3/sign-out', { global: true });
    await stopPostgres();

    expect((await signOut()).status).toBe(503);
    await expect.poll(() => isActive(replica, client, jwt), second).toBe(false);
    expect((await signOut()).status).toBe(503);

    await postgres.start();
    await expect.poll(async () => (await signOut()).status, { timeout: 10_000 }).toBe(200);
    expect(await stored('sub')).toBeGreaterThan(0);
  });

  // attack: wait for an outage of both stores to use a revoked JWT | ASVS 16.5.3 (fail securely) | guard: services/auth-api/src/records/revocation/stream-reader.ts
  it('and with an emptied Redis, a JWT is not judged: 503 until the list can be read', async () => {
    const { access_token: jwt } = await passwordTokens(stack, client);
    expect(await isActive(stack, client, jwt)).toBe(true);
    await stopPostgres();
    await stack.deps.stores.redis.flushall();

    await expect.poll(() => isActive(stack, client, jwt), { timeout: 5000 }).toBe(503);

    await postgres.start();
    await expect.poll(() => isActive(stack, client, jwt), { timeout: 10_000 }).toBe(true);
  });

  it('tokens are issued and judged as long as Redis keeps its history', async () => {
    await stopPostgres();
    const { access_token } = await passwordTokens(stack, client);
    expect(await isActive(replica, client, access_token)).toBe(true);
  });
});

describe('beside a replica of the release before', () => {
  it('what only the stream says is kept in PostgreSQL too, and what the new one writes can be read by the old one', async () => {
    const stack = await startAuthApi();
    try {
      const { redis, pool } = stack.deps.stores;
      const key = stack.deps.core.keyspace.name('cutoffs');
      await redis.xadd(key, '*', 'kind', 'sub', 'id', 'of-old', 'at', String(Date.now()));

      await expect
        .poll(
          async () =>
            (await pool.query("SELECT id FROM auth.revocations WHERE kind = 'sub' AND id = 'of-old'")).rows
              .length,
          { timeout: 10_000 },
        )
        .toBe(1);

      await stack.deps.revocation.revocations.revoke({ kind: 'sub', id: 'of-new' });
      const [[, fields] = []] = await redis.xrevrange(key, '+', '-', 'COUNT', 1);
      expect(fields).toEqual(['kind', 'sub', 'id', 'of-new', 'at', expect.stringMatching(/^\d{13}$/)]);
    } finally {
      await stack.close();
    }
  });
});

it('the token path writes nothing to PostgreSQL', async () => {
  const stack = await startAuthApi();
  try {
    const client = await jwtClient(stack);
    await logIn(stack, client);
    const rows = async () => (await stack.deps.stores.pool.query('SELECT * FROM auth.revocations')).rows;
    // The first sign-in opens the link, which revokes what the disabled person of the seed may hold.
    await expect.poll(async () => (await rows()).length).toBe(1);
    const before = await rows();
    const { refresh } = await logIn(stack, client);
    await token(stack, client, { grant_type: 'refresh_token', refresh_token: refresh });
    await token(stack, client, { grant_type: 'client_credentials' });
    expect(await rows()).toEqual(before);
    expect((await opsCall(stack, 'GET', '/auth/v3/ops/clients')).status).toBe(200);
  } finally {
    await stack.close();
  }
});
