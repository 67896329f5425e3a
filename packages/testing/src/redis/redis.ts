/** Starts disposable Redis servers: one process per test file, so that nothing is shared. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../network/ports.ts';
import { type RedisServer, startRedisServer } from './redis-server.ts';

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Stops the process; the port stays reserved for start(). */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port. Data from before is kept only with `persistent`. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** The configuration of a service for a server without a password. */
export function redisConfigOf({ url }: Pick<TestRedis, 'url'>, commandTimeoutMs: number) {
  return {
    ...{ url, clusterNodes: [] as string[], username: undefined, password: undefined },
    ...{ sentinels: [] as string[], sentinelName: 'mymaster' },
    ...{ sentinelUsername: undefined, sentinelPassword: undefined },
    ...{ tls: false, keyPrefix: '', commandTimeoutMs },
  };
}

/** A single server, empty. */
export async function startRedis(options: { persistent?: boolean } = {}): Promise<TestRedis> {
  return startNode({ ...options, cluster: false });
}

/** One node in cluster mode that owns every slot: multi-slot commands are refused as in a real cluster. */
export async function startRedisCluster(): Promise<TestRedis> {
  const node = await startNode({ cluster: true, persistent: true });
  const admin = new Redis(node.url, { maxRetriesPerRequest: 1 });
  // A node that met no other does not know its own address, and a cluster client cannot use an empty one.
  await admin.config('SET', 'cluster-announce-ip', '127.0.0.1');
  await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  while (!(await admin.cluster('INFO')).includes('cluster_state:ok')) await untilNextTurn();
  admin.disconnect();
  return node;
}

async function startNode(options: { persistent?: boolean; cluster: boolean }): Promise<TestRedis> {
  const port = await freePort();
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-redis-'));
  const launch = () =>
    startRedisServer({ port, cluster: options.cluster, dataDir: options.persistent ? dataDir : undefined });
  let server: RedisServer | undefined = await launch();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async stop(signal) {
      await server?.stop(signal);
      server = undefined;
    },
    async start() {
      server ??= await launch();
    },
    async close() {
      await server?.stop('SIGKILL');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function untilNextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
