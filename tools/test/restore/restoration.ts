/** Proves what works in an empty installation with an empty Redis after the databases of another were restored into it, and what is gone. */
import { freePort } from '@gatehouse/testing/network';
import { startRedis } from '@gatehouse/testing/redis';
import { expect, onTestFinished, vi } from 'vitest';
import {
  environmentFieldsOf,
  sharedSettings,
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

type Installation = Awaited<ReturnType<typeof install>>;

const tenant = 'restored';

/** Connection strings of both APIs, for one database or for two. */
export interface Databases {
  auth: string;
  environment: string;
}

/** Both APIs on these databases, with a Redis of their own. */
export async function install(databases: Databases) {
  const authApiUrl = `http://127.0.0.1:${await freePort()}`;
  const redis = await startRedis();
  const environmentApi = await startApi({
    postgresUrl: databases.environment,
    env: {
      GATEHOUSE_REDIS_URL: redis.url,
      GATEHOUSE_AUTH_API_URL: authApiUrl,
      ...sharedSettings,
      GATEHOUSE_POSTGRES_URL: databases.environment,
    },
  });
  const authApi = await startAuthApi({
    env: {
      GATEHOUSE_REDIS_URL: redis.url,
      GATEHOUSE_POSTGRES_URL: databases.auth,
      GATEHOUSE_ENVIRONMENT_API_URL: await environmentApi.internalApp.listen({ host: '127.0.0.1', port: 0 }),
    },
  });
  await authApi.app.listen({ host: '127.0.0.1', port: Number(new URL(authApiUrl).port) });
  await vi.waitFor(() => authApi.deps.changes.assertDeactivationsKnown(), { timeout: 45_000 });
  return {
    authApi,
    environmentApi,
    databases,
    async close() {
      await authApi.close();
      await environmentApi.close();
      await redis.close();
    },
  };
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

/** `move` backs the first databases up and resolves those into which it has restored them. */
export async function proveRestoration(
  databases: Databases,
  move: (before: Installation, environmentId: string) => Promise<Databases>,
): Promise<void> {
  // It goes on during the backup, and its Configuration Server serves both.
  const before = await install(databases);
  onTestFinished(() => before.close());
  const environmentId = await before.environmentApi.environment(
    environmentFieldsOf(before.authApi.simulator.port),
  );
  await before.environmentApi.contactCenter({ environmentId, domains: [tenant] });
  const used = await use(before);
  const chains = await chainsOf(before);
  expect(problemsOf(chains)).toEqual([]);
  const after = await install(await move(before, environmentId));
  onTestFinished(() => after.close());
  await expectTheSame(after, used);
  const chained = await chainsOf(after);
  expect(problemsOf(chained)).toEqual([]);
  const numbers = chains.map(eventsOf);
  for (const [index, chain] of chained.entries())
    expect(eventsOf(chain)).toBeGreaterThanOrEqual(numbers[index] ?? 0);
  expect(Math.min(...numbers)).toBeGreaterThan(1);
}

/** Clients with tokens, of which those of one client are revoked. */
async function use(at: Installation) {
  const jwt = { accessTokenFormat: 'jwt' };
  const clients = {
    opaque: await createClient(at.authApi),
    jwt: await createClient(at.authApi, jwt),
    revoked: await createClient(at.authApi, jwt),
    observer: await createClient(at.authApi, { internalClient: true }),
  };
  const tokens = {
    opaque: await tokensOf(at, clients.opaque),
    jwt: await tokensOf(at, clients.jwt),
    revoked: await tokensOf(at, clients.revoked),
  };
  const revoked = await opsCall(at.authApi, 'POST', '/auth/v3/ops/revocations', {
    data: { client: clients.revoked.clientId },
  });
  expect(revoked.status).toBe(200);
  await at.authApi.deps.audit.drained();
  for (const { deps } of [at.authApi, at.environmentApi]) await deps.audit.worker.chained();
  return { clients, tokens };
}

async function expectTheSame(after: Installation, { clients, tokens }: Awaited<ReturnType<typeof use>>) {
  const isActive = async (text: string) =>
    (await introspect(after.authApi, clients.observer, text))['active'] as boolean;
  expect(await isActive(tokens.jwt.access_token)).toBe(true);
  expect(await isActive(tokens.revoked.access_token)).toBe(false);
  // Tokens that only Redis had are gone: these users sign in again.
  expect(await isActive(tokens.opaque.access_token)).toBe(false);
  const refreshed = await token(after.authApi, clients.opaque, {
    grant_type: 'refresh_token',
    refresh_token: tokens.opaque.refresh_token,
  });
  expect(refreshed.json().error).toBe('invalid_grant');
  expect((await tokensOf(after, clients.opaque)).refresh_token).toBeDefined();
}
