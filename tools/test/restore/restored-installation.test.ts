/** A backup of both databases in an empty installation with an empty Redis: what works there, and what is gone. */
import { freePort } from '@gatehouse/testing/ports';
import { createTestDatabase } from '@gatehouse/testing/postgres';
import { startRedis } from '@gatehouse/testing/redis';
import pg from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import {
  encryptionKeys,
  environmentFieldsOf,
  serviceClient,
  startAuthApi,
} from '../../../services/auth-api/test/stack/auth-api.ts';
import { createBrowser } from '../../../services/auth-api/test/stack/browser.ts';
import { agent } from '../../../services/auth-api/test/stack/interaction.ts';
import {
  createClient,
  getCode,
  introspect,
  opsCall,
  redeem,
  type TestClient,
  token,
} from '../../../services/auth-api/test/stack/oauth.ts';
import { startApi } from '../../../services/environment-api/test/running-api.ts';
import { copyRows } from './copied-rows.ts';

type Installation = Awaited<ReturnType<typeof install>>;

const tenant = 'restored';

/** Both APIs on databases of their own, or on given ones, with a Redis of their own. */
async function install(databases?: { auth: string; environment: string }) {
  const authApiUrl = `http://127.0.0.1:${await freePort()}`;
  const redis = await startRedis();
  const own = databases ?? {
    auth: (await database()).url,
    environment: (await database()).url,
  };
  const environmentApi = await startApi({
    postgresUrl: own.environment,
    env: {
      GATEHOUSE_REDIS_URL: redis.url,
      GATEHOUSE_AUTH_API_URL: authApiUrl,
      GATEHOUSE_SERVICE_CLIENT_ID: serviceClient.id,
      GATEHOUSE_SERVICE_CLIENT_SECRET: serviceClient.secret,
      GATEHOUSE_ENCRYPTION_KEYS: encryptionKeys,
      GATEHOUSE_POSTGRES_URL: own.environment,
    },
  });
  const authApi = await startAuthApi({
    env: {
      GATEHOUSE_REDIS_URL: redis.url,
      GATEHOUSE_POSTGRES_URL: own.auth,
      GATEHOUSE_ENVIRONMENT_API_URL: await environmentApi.internalApp.listen({ host: '127.0.0.1', port: 0 }),
    },
  });
  await authApi.app.listen({ host: '127.0.0.1', port: Number(new URL(authApiUrl).port) });
  await vi.waitFor(() => authApi.deps.followed.assertEndsKnown(), { timeout: 45_000 });
  return {
    authApi,
    environmentApi,
    databases: own,
    async close() {
      await authApi.close();
      await environmentApi.close();
      await redis.close();
    },
  };
}

async function database() {
  const created = await createTestDatabase();
  onTestFinished(() => created.close());
  return created;
}

async function signIn({ authApi }: Installation) {
  const browser = createBrowser(authApi.app);
  const answer = await browser.postJson('/auth/v3/sign-in', { data: { ...agent, tenant } });
  expect(answer.status, answer.body).toBe(200);
  return browser;
}

async function tokensOf(at: Installation, client: TestClient) {
  const browser = await signIn(at);
  return (await redeem(at.authApi, client, await getCode(at.authApi, browser, client))).json();
}

/** As Auth API does a minute after the newest change. */
async function noteFollowed({ auth, environment }: Installation['databases']): Promise<void> {
  const [from, to] = [environment, auth].map((connectionString) => new pg.Pool({ connectionString }));
  const newest = await from?.query('SELECT max(seq) AS seq FROM environment.changes');
  await to?.query('UPDATE auth.followed_ends SET seq = $1, mark = NULL', [newest?.rows[0].seq]);
  await Promise.all([from?.end(), to?.end()]);
}

/** The days that `gatehouse audit verify` reads of both services. */
async function chainsOf({ authApi, environmentApi }: Installation): Promise<Day[][]> {
  await authApi.deps.audit.drained();
  const security = await opsCall(authApi, 'GET', '/auth/v3/ops/audit/verify');
  const configuration = await environmentApi.call('GET', '/audit/verify');
  return [security.json<{ data: Day[] }>().data, configuration.body.data];
}

interface Day {
  events: number;
  problems: string[];
}

const problemsOf = (chains: Day[][]) => chains.flat().flatMap(({ problems }) => problems);
const eventsOf = (chain: Day[]) => chain.reduce((sum, { events }) => sum + events, 0);

it('a restored installation signs people in, knows clients, keys and revocations, and verifies the audit chain', async () => {
  // It goes on during the backup, and its Configuration Server serves both.
  const before = await install();
  onTestFinished(() => before.close());
  const environmentId = await before.environmentApi.environment(
    environmentFieldsOf(before.authApi.simulator.port),
  );
  await before.environmentApi.contactCenter({ environmentId, domains: [tenant] });
  const jwt = { accessTokenFormat: 'jwt' };
  const clients = {
    opaque: await createClient(before.authApi),
    jwt: await createClient(before.authApi, jwt),
    revoked: await createClient(before.authApi, jwt),
    observer: await createClient(before.authApi, { internalClient: true }),
  };
  const tokens = {
    opaque: await tokensOf(before, clients.opaque),
    jwt: await tokensOf(before, clients.jwt),
    revoked: await tokensOf(before, clients.revoked),
  };
  const revoked = await opsCall(before.authApi, 'POST', '/auth/v3/ops/revocations', {
    data: { client: clients.revoked.clientId },
  });
  expect(revoked.status).toBe(200);
  await before.authApi.deps.audit.drained();
  for (const { deps } of [before.authApi, before.environmentApi]) await deps.audit.worker.chain();
  const chains = await chainsOf(before);
  expect(problemsOf(chains)).toEqual([]);

  // The restored database is one that `migrate` of the same version made, and is otherwise empty.
  const restored = await install({ auth: (await database()).url, environment: (await database()).url });
  await restored.close();
  // In this order, as the documentation says: the other way round Auth API would have followed a change that is nowhere any more.
  await noteFollowed(before.databases);
  await copyRows(before.databases.auth, restored.databases.auth, 'auth');
  await before.environmentApi.contactCenter({ environmentId, domains: ['later'] });
  await copyRows(before.databases.environment, restored.databases.environment, 'environment');
  const after = await install(restored.databases);
  onTestFinished(() => after.close());

  const isActive = async (text: string) =>
    (await introspect(after.authApi, clients.observer, text))['active'] as boolean;
  expect(await isActive(tokens.jwt.access_token)).toBe(true);
  expect(await isActive(tokens.revoked.access_token)).toBe(false);
  // What only Redis had is gone: these users sign in again.
  expect(await isActive(tokens.opaque.access_token)).toBe(false);
  const refreshed = await token(after.authApi, clients.opaque, {
    grant_type: 'refresh_token',
    refresh_token: tokens.opaque.refresh_token,
  });
  expect(refreshed.json().error).toBe('invalid_grant');
  expect((await tokensOf(after, clients.opaque)).refresh_token).toBeDefined();
  const chained = await chainsOf(after);
  expect(problemsOf(chained)).toEqual([]);
  const numbers = chains.map(eventsOf);
  for (const [index, chain] of chained.entries())
    expect(eventsOf(chain)).toBeGreaterThanOrEqual(numbers[index] ?? 0);
  expect(Math.min(...numbers)).toBeGreaterThan(1);
}, 180_000);
