/** Starts a Redis Cluster of several nodes. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { freePort } from '../network/ports.ts';
import { askServer, startRedisServer } from './redis-server.ts';

export interface ClusterOptions {
  primaries: number;
  replicasOfEach: number;
  password?: string;
  /** The port by which the others and the clients reach one of a node: of a proxy in front of it. */
  announce?: (port: number) => Promise<number>;
}

export type ClusterNode = Awaited<ReturnType<typeof startNode>>;

const slotCount = 16_384;
const nodeTimeoutMs = 1000;

export async function startRedisNodes(options: ClusterOptions) {
  const { primaries, replicasOfEach, password } = options;
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-cluster-'));
  const nodes: ClusterNode[] = [];
  const count = primaries * (1 + replicasOfEach);
  for (let index = 0; index < count; index++)
    nodes.push(await startNode(index, join(folder, `${index}`), options));
  const ask = <T>(node: ClusterNode, question: (redis: Redis) => Promise<T>) =>
    askServer(node.port, password, question);

  const close = async () => {
    await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await form(nodes, primaries, ask);
  } catch (error) {
    await close();
    throw error;
  }

  return {
    nodes,
    addresses: nodes.map(({ announcedPort }) => `127.0.0.1:${announcedPort}`),
    /** The node that serves the slot of the key now. */
    async primaryOf(key: string): Promise<ClusterNode> {
      const [witness] = nodes;
      if (witness === undefined) throw new Error('a cluster without nodes');
      const slot = await ask(witness, (redis) => redis.cluster('KEYSLOT', key));
      const ranges = await ask(witness, (redis) => redis.cluster('SLOTS'));
      const [, , served] = ranges.find(([from, to]) => from <= slot && slot <= to) ?? [];
      const port = served?.[1];
      const node = nodes.find(({ announcedPort }) => announcedPort === port);
      if (node === undefined) throw new Error(`no node serves slot ${slot}`);
      return node;
    },
    /** Resolves when every node knows that all slots are served, and every replica follows its primary. */
    async untilWhole(): Promise<void> {
      for (const node of nodes) while (!(await ask(node, isInPlace).catch(() => false))) await wait(100);
    },
    close,
  };
}

async function isInPlace(redis: Redis): Promise<boolean> {
  const [state, known, replication] = await Promise.all([
    redis.cluster('INFO'),
    redis.cluster('NODES'),
    redis.info('replication'),
  ]);
  const isLinked = /master_link_status:up|slave0:.*state=online/.test(replication);
  return /cluster_state:ok/.test(state) && !/fail|disconnected/.test(String(known)) && isLinked;
}

type Ask = <T>(node: ClusterNode, question: (redis: Redis) => Promise<T>) => Promise<T>;

async function form(nodes: readonly ClusterNode[], primaries: number, ask: Ask): Promise<void> {
  const [first] = nodes;
  for (const [index, node] of nodes.entries()) {
    await ask(node, async (redis) => {
      await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
      const from = Math.ceil((slotCount * index) / primaries);
      const to = Math.ceil((slotCount * (index + 1)) / primaries) - 1;
      if (index < primaries) await redis.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      if (first !== undefined && node !== first)
        await redis.call(
          'CLUSTER',
          'MEET',
          '127.0.0.1',
          String(first.announcedPort),
          String(first.announcedBusPort),
        );
    });
  }
  const untilAll = async (pattern: RegExp) => {
    for (const node of nodes)
      while (!pattern.test(await ask(node, (redis) => redis.cluster('INFO')))) await wait(50);
  };
  await untilAll(new RegExp(`cluster_known_nodes:${nodes.length}\\b`));
  for (const [index, node] of nodes.entries()) {
    const primary = nodes[index % primaries];
    if (index < primaries || primary === undefined) continue;
    const id = await ask(primary, (redis) => redis.cluster('MYID'));
    await ask(node, (redis) => redis.call('CLUSTER', 'REPLICATE', String(id)));
    while (!/master_link_status:up/.test(await ask(node, (redis) => redis.info('replication'))))
      await wait(50);
  }
  await untilAll(/cluster_state:ok/);
}

async function startNode(index: number, dataDir: string, options: ClusterOptions) {
  const { password, announce = async (port: number) => port } = options;
  const [port, busPort] = [await freePort(), await freePort()];
  const [announcedPort, announcedBusPort] = [await announce(port), await announce(busPort)];
  // By it a proxy can tell whose connection it is.
  const source = `127.0.0.${index + 10}`;
  const settings = [
    ...[
      '--bind-source-addr',
      source,
      '--cluster-enabled',
      'yes',
      '--cluster-port',
      String(busPort),
      '--cluster-config-file',
      'nodes.conf',
    ],
    ...['--cluster-node-timeout', String(nodeTimeoutMs), '--cluster-announce-ip', '127.0.0.1'],
    ...[
      '--cluster-announce-port',
      String(announcedPort),
      '--cluster-announce-bus-port',
      String(announcedBusPort),
    ],
    ...['--repl-diskless-sync-delay', '0', '--repl-timeout', '5', '--repl-ping-replica-period', '1'],
    ...(password ? ['--masterauth', password] : []),
  ];
  const launch = async () => startRedisServer({ port, settings, dataDir, ...(password ? { password } : {}) });
  await mkdir(dataDir);
  let server = await launch();
  return {
    port,
    busPort,
    source,
    announcedPort,
    announcedBusPort,
    get process() {
      return server.process;
    },
    stop: (signal?: NodeJS.Signals) => server.stop(signal),
    /** Starts it again with its data. */
    async start(): Promise<void> {
      server = await launch();
    },
  };
}
