/** Starts a primary of Redis with two replicas, and three sentinels that watch them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { freePort } from '../network/ports.ts';
import { askServer, type RedisServer, startRedisServer } from './redis-server.ts';

export interface SentinelOptions {
  password?: string;
  sentinelPassword?: string;
  /** The port by which the others and the clients reach a node: of a proxy in front of it. */
  announce?: (port: number) => Promise<number>;
}

export type RedisSentinel = Awaited<ReturnType<typeof startRedisSentinel>>;
export type SentinelNode = Awaited<ReturnType<typeof startNode>>;

const primaryName = 'mymaster';
const downAfterMs = 1000;
const nodeCount = 3;
const quorum = 2;

export async function startRedisSentinel(options: SentinelOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-sentinel-'));
  const closers: (() => Promise<void>)[] = [];
  const nodes: SentinelNode[] = [];
  for (let index = 0; index < nodeCount; index++) nodes.push(await startNode(nodes[0], options));
  for (const node of nodes) closers.push(() => node.stop('SIGKILL'));
  const [first] = nodes;
  // A sentinel that finds them linked need not ask again, which it does every ten seconds.
  while ((await onlineReplicas(first?.port ?? 0, options.password)) < nodeCount - 1) await wait(20);
  const sentinels: RedisServer[] = [];
  for (let index = 0; index < nodeCount; index++) {
    const sentinelFile = join(folder, `sentinel-${index}.conf`);
    await writeFile(sentinelFile, sentinelConfiguration(first?.announcedPort ?? 0, options), { mode: 0o600 });
    const sentinel = await startRedisServer({ port: await freePort(), sentinelFile });
    sentinels.push(sentinel);
    closers.push(() => sentinel.stop('SIGKILL'));
  }
  const ask = <T>(question: (sentinel: Redis) => Promise<T>, port = sentinels[0]?.port ?? 0) =>
    askServer(port, options.sentinelPassword, question);
  // Sentinels that do not know each other elect nobody. None promotes a replica that has not reported its link to the primary.
  for (const { port } of sentinels)
    while (!(await ask((sentinel) => isWatching(sentinel), port))) await wait(50);

  async function primary(): Promise<SentinelNode> {
    const [, port] = (await ask((sentinel) =>
      sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primaryName),
    )) as string[];
    const node = nodes.find(({ announcedPort }) => announcedPort === Number(port));
    if (node === undefined) throw new Error(`the sentinels name a node on port ${port}, which is unknown`);
    return node;
  }

  return {
    nodes,
    sentinelPorts: sentinels.map(({ port }) => port),
    sentinels: sentinels.map(({ port }) => `127.0.0.1:${port}`),
    primary,
    /** Resolves with the node that replaced the primary. */
    async untilReplaced(former: SentinelNode): Promise<SentinelNode> {
      for (;;) {
        const now = await primary();
        if (now !== former) return now;
        await wait(20);
      }
    },
    /** Replicas that follow the primary, as it says itself. */
    async linkedReplicas(): Promise<number> {
      return onlineReplicas((await primary()).port, options.password);
    },
    /** As an operator orders it. */
    async failOver(): Promise<void> {
      await ask((sentinel) => sentinel.call('SENTINEL', 'FAILOVER', primaryName));
    },
    async close(): Promise<void> {
      await Promise.all(closers.map((close) => close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function onlineReplicas(port: number, password: string | undefined): Promise<number> {
  const facts = await askServer(port, password, (redis) => redis.info('replication'));
  return facts.match(/^slave\d+:.*state=online/gm)?.length ?? 0;
}

async function isWatching(sentinel: Redis): Promise<boolean> {
  const facts = await sentinel.info('sentinel');
  const replicas = (await sentinel.call('SENTINEL', 'REPLICAS', primaryName)) as string[][];
  const linked = replicas.filter((replica) => replica[replica.indexOf('master-link-status') + 1] === 'ok');
  return linked.length === nodeCount - 1 && facts.includes(`,sentinels=${nodeCount}`);
}

async function startNode(first: { announcedPort: number } | undefined, options: SentinelOptions) {
  const { password, announce = async (port: number) => port } = options;
  const port = await freePort();
  const announcedPort = await announce(port);
  const settings = [
    ...['--repl-diskless-sync-delay', '0', '--repl-timeout', '5', '--repl-ping-replica-period', '1'],
    ...['--replica-announce-ip', '127.0.0.1', '--replica-announce-port', String(announcedPort)],
    ...(password ? ['--masterauth', password] : []),
  ];
  const launch = (more: readonly string[] = []) =>
    startRedisServer({ port, settings: [...settings, ...more], ...(password ? { password } : {}) });
  const copying = (primary: { announcedPort: number }) => [
    '--replicaof',
    `127.0.0.1 ${primary.announcedPort}`,
  ];
  let server = await launch(first && copying(first));
  return {
    port,
    announcedPort,
    get process() {
      return server.process;
    },
    stop: (signal?: NodeJS.Signals) => server.stop(signal),
    /** Starts it again, empty. */
    async startAsReplicaOf(primary: { announcedPort: number }): Promise<void> {
      server = await launch(copying(primary));
    },
  };
}

function sentinelConfiguration(port: number, { password, sentinelPassword }: SentinelOptions): string {
  return [
    `sentinel monitor ${primaryName} 127.0.0.1 ${port} ${quorum}`,
    `sentinel down-after-milliseconds ${primaryName} ${downAfterMs}`,
    `sentinel failover-timeout ${primaryName} 5000`,
    ...(password ? [`sentinel auth-pass ${primaryName} ${password}`] : []),
    ...(sentinelPassword
      ? [`requirepass ${sentinelPassword}`, `sentinel sentinel-pass ${sentinelPassword}`]
      : []),
    '',
  ].join('\n');
}
