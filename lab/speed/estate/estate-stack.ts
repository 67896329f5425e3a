/** Environment API and two replicas of Auth API for a bench: compiled programs, real PostgreSQL and Redis, the floor beside them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@gatehouse/testing/network';
import { startPostgresServer } from '@gatehouse/testing/postgres';
import { startRedis } from '@gatehouse/testing/redis';
import pg from 'pg';
import { imageEnvironment, nodeArguments } from '../../../tools/stack/processes/node-program.ts';
import { mainFile, type ServiceName } from '../../../tools/stack/services.ts';
import { end, start } from '../bench-stack.ts';
import { loadCore, pin, serverCore } from '../machine.ts';

export interface EstateStack {
  /** Of Environment API. */
  readonly url: string;
  readonly floorUrl: string;
  readonly authApiUrls: readonly string[];
  /** Of the operator. */
  readonly authorization: string;
  readonly database: pg.Client;
  readonly serverPid: number;
  readonly floorPid: number;
  readonly pids: readonly number[];
  readonly isPinned: boolean;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const operator = { username: 'ops', password: 'bench-operator-password' };
const replicas = 2;

export async function startEstateStack(): Promise<EstateStack> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-estate-'));
  const port = await freePort();
  const postgres = await startPostgresServer({
    dataDir: join(folder, 'data'),
    port: await freePort(),
    persistent: true,
    password: 'bench',
    fast: true,
  });
  const redis = await startRedis();
  const internalPort = await freePort();
  const authPorts = await Promise.all(Array.from({ length: replicas }, freePort));
  const common = {
    GATEHOUSE_POSTGRES_URL: postgres.url,
    GATEHOUSE_REDIS_URL: redis.url,
    GATEHOUSE_MODE: 'local',
    GATEHOUSE_PUBLIC_URL: 'http://127.0.0.1',
    GATEHOUSE_AUTH_API_URL: `http://127.0.0.1:${authPorts[0]}`,
    GATEHOUSE_ENVIRONMENT_API_URL: `http://127.0.0.1:${port}`,
    GATEHOUSE_ENVIRONMENT_API_INTERNAL_URL: `http://127.0.0.1:${internalPort}`,
    GATEHOUSE_SERVICE_CLIENT_ID: 'bench',
    GATEHOUSE_SERVICE_CLIENT_SECRET: 'bench-service-secret-of-this-run',
    GATEHOUSE_OPS_USERNAME: operator.username,
    GATEHOUSE_OPS_PASSWORD: operator.password,
    GATEHOUSE_ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 1).toString('base64')}`,
    GATEHOUSE_HTTP_HOST: '127.0.0.1',
    GATEHOUSE_INTERNAL_HOST: '127.0.0.1',
    GATEHOUSE_MANAGEMENT_HOST: '127.0.0.1',
    GATEHOUSE_DRAIN_DELAY_MS: '0',
  };
  await Promise.all((['environment-api', 'auth-api'] as const).map((name) => migrate(name, common)));
  const internal = { ...common, GATEHOUSE_INTERNAL_PORT: String(internalPort) };
  const server = await serve('environment-api', port, internal);
  const authApis = await Promise.all(authPorts.map((authPort) => serve('auth-api', authPort, common)));
  const { process: floor, line: floorUrl } = await start([
    'lab/speed/estate/estate-floor-server.ts',
    postgres.url,
  ]);
  const database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
  const measured = [server, floor].map(({ pid = 0 }) => pid);
  const others = [process.pid, ...authApis.map(({ pid = 0 }) => pid)];
  return {
    url: `http://127.0.0.1:${port}/environment/v3`,
    floorUrl,
    authApiUrls: authPorts.map((authPort) => `http://127.0.0.1:${authPort}/auth/v3`),
    authorization: `Basic ${Buffer.from(`${operator.username}:${operator.password}`).toString('base64')}`,
    database,
    serverPid: server.pid ?? 0,
    floorPid: floor.pid ?? 0,
    pids: [...measured, ...others],
    isPinned: [
      ...measured.map((pid) => pin(pid, serverCore)),
      ...others.map((pid) => pin(pid, loadCore)),
    ].every(Boolean),
    async stop() {
      await database.end();
      await Promise.all([floor, server, ...authApis].map(end));
      await Promise.all([redis.close(), postgres.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function migrate(name: ServiceName, env: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, [mainFile(name), 'migrate'], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the migrations of ${name} ended with ${code}`);
}

async function serve(name: ServiceName, port: number, env: Record<string, string>): Promise<ChildProcess> {
  const managementPort = await freePort();
  const child = spawn(process.execPath, nodeArguments(mainFile(name), []), {
    cwd: root,
    env: {
      ...process.env,
      ...imageEnvironment,
      GATEHOUSE_INTERNAL_PORT: '0',
      ...env,
      GATEHOUSE_HTTP_PORT: String(port),
      GATEHOUSE_MANAGEMENT_PORT: String(managementPort),
    },
    stdio: 'ignore',
  });
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${managementPort}/readyz`).catch(() => undefined);
    if (answer?.ok) return child;
    await delay(100);
  }
  throw new Error(`${name} did not become ready`);
}
