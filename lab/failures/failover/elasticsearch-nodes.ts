/** Runs three nodes of Elasticsearch as one cluster, with a proxy before each port by which a node is reached. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  auditDataStream,
  auditLifecycle,
  auditTemplates,
  logLifecycle,
  logTemplate,
} from '@gatehouse/audit-trail/elasticsearch';
import { startElasticsearch } from '@gatehouse/testing/elasticsearch-server';
import { freePort, startTcpProxy } from '@gatehouse/testing/network';
import {
  installElasticsearch,
  javaHome,
  whyNotInstallable,
} from '../../../tools/real/elasticsearch/install.ts';
import { findElasticsearch } from '../../../tools/real/elasticsearch/places.ts';

/** As many may be master, so that two elect one when the third is lost. */
const names = ['node-1', 'node-2', 'node-3'];
const heapMiB = 512;
/** The others take a node that answers none of so many checks for lost. By default three of ten seconds. */
const checks = { timeout: '2s', retry_count: 2 };
const retentionDays = 30;

export type ElasticsearchNodes = Awaited<ReturnType<typeof startElasticsearchNodes>>;

export async function startElasticsearchNodes(closers: AsyncDisposableStack) {
  const nodes = await startAll(closers);

  /** Asks the nodes themselves, past their proxies, until one answers. */
  async function ask<T>(path: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}) {
    let problem = 'no node';
    for (const { server } of nodes) {
      const answer = await fetch(`${server.url}/${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      }).catch((error: Error) => error);
      if (answer instanceof Response && answer.ok) return (await answer.json()) as T;
      problem = answer instanceof Error ? answer.message : `${answer.status} ${await answer.text()}`;
    }
    throw new Error(`Elasticsearch, ${method} ${path}: ${problem}`);
  }

  function nodeOf(name: string | undefined) {
    const node = nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`no node is called ${name}`);
    return node;
  }

  // As an administrator does; the policies of this distribution are taken by the elected master alone.
  for (const { path, body } of [
    ...[auditLifecycle({ retentionDays }), ...auditTemplates()],
    ...[logLifecycle(retentionDays), logTemplate()],
  ])
    await ask(path, { method: 'PUT', body });

  return {
    addresses: nodes.map(({ http }) => `http://127.0.0.1:${http.port}`),
    ask,
    master: async () => nodeOf((await ask<{ node: string }[]>('_cat/master?format=json'))[0]?.node),
    /** The node that writes audit events first, and copies them to another one. */
    async primary() {
      const stream = auditDataStream('default');
      type Shard = { prirep: string; node: string };
      const shards = await ask<Shard[]>(`_cat/shards/${stream}?format=json&h=prirep,node`);
      return nodeOf(shards.find(({ prirep }) => prirep === 'p')?.node);
    },
    /** Resolves when every node is there and every shard has its copy. */
    async untilWhole(): Promise<void> {
      const whole = `_cluster/health?wait_for_status=green&wait_for_nodes=${names.length}&timeout=2s`;
      while ((await ask(whole).catch(() => undefined)) === undefined) await wait(100);
    },
  };
}

async function startAll(closers: AsyncDisposableStack) {
  const why = whyNotInstallable();
  const home = findElasticsearch() ?? (why === undefined ? await installElasticsearch() : undefined);
  if (home === undefined) throw new Error(`Elasticsearch cannot be installed: ${why}`);
  const places = await Promise.all(names.map(reserveNode));
  closers.defer(() => {
    for (const { http, transport } of places) for (const way of [http, transport]) way.close();
  });
  const started = await Promise.allSettled(
    places.map(async (place) => {
      const settings = settingsOf(place, places);
      const { ports } = place;
      const server = await startElasticsearch({ home, javaHome: javaHome(), heapMiB, ports, settings });
      closers.defer(() => server.close());
      return { ...place, server };
    }),
  );
  return started.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

type Place = Awaited<ReturnType<typeof reserveNode>>;

async function reserveNode(name: string) {
  const ports = { http: await freePort(), transport: await freePort() };
  const [http, transport] = await Promise.all([
    startTcpProxy(() => ports.http),
    startTcpProxy(() => ports.transport),
  ]);
  return { name, ports, http, transport };
}

function settingsOf({ name, transport }: Place, places: readonly Place[]) {
  const checked = ['follower_check', 'leader_check'].flatMap((kind) =>
    Object.entries(checks).map(([key, value]) => [`cluster.fault_detection.${kind}.${key}`, value]),
  );
  return {
    'node.name': name,
    'discovery.type': 'multi-node',
    'cluster.initial_master_nodes': names,
    'discovery.seed_hosts': places.map((one) => `127.0.0.1:${one.transport.port}`),
    'transport.publish_port': transport.port,
    ...Object.fromEntries(checked),
  };
}
