/** Tries the connections table of docs/guides/deployment.md: each row as allowed, every other pair as refused. */

import { interruption, until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { mustBe, type Step } from '../step.ts';
import { type Probe, probeObject, probePort, reachedFrom, reachedFromNode, type Target } from './probes.ts';

/** Where each of the names of a target is; those of the three services are found by the labels that the Services select. */
const targets: { name: string; port: number; app?: string; store?: string; label?: string }[] = [
  { name: 'Auth API', app: 'auth-api', port: 8080 },
  { name: 'Auth API, management', app: 'auth-api', port: 8081 },
  { name: 'Auth API, internal', app: 'auth-api', port: 8082 },
  { name: 'Auth UI', app: 'auth-ui', port: 8080 },
  { name: 'Auth UI, management', app: 'auth-ui', port: 8081 },
  { name: 'Environment API', app: 'environment-api', port: 8080 },
  { name: 'Environment API, management', app: 'environment-api', port: 8081 },
  { name: 'Environment API, internal', app: 'environment-api', port: 8082 },
  { name: 'Configuration Server', store: 'estate', label: 'app=config-server', port: 8888 },
  { name: 'Redis', store: 'databases', label: 'app=redis', port: 6380 },
  { name: 'PostgreSQL', store: 'databases', label: 'app=postgres', port: 5432 },
  { name: 'name service', store: 'kube-system', label: 'k8s-app=kube-dns', port: 53 },
  { name: 'another pod', store: 'applications', label: 'app=application', port: probePort },
];

const published = ['Auth API', 'Auth UI', 'Environment API'];
const stores = ['Configuration Server', 'Redis', 'PostgreSQL', 'name service'];
/** Policies are those of the product's own namespace; what pods elsewhere do among themselves is no matter of it. */
const elsewhere = [...stores, 'another pod'];

function labelsOf(service: string, component: string): Record<string, string> {
  return {
    'app.kubernetes.io/name': service,
    'app.kubernetes.io/instance': service,
    'app.kubernetes.io/component': component,
  };
}

/** Each source with the rows (by number) that allow what it may reach. */
const sources: { probe: Probe; rows: string; mayReach: string[] }[] = [
  {
    probe: { name: 'probe-auth-api', namespace: 'gatehouse', labels: labelsOf('auth-api', 'server') },
    rows: '4, 7, 10, 11',
    mayReach: [...stores, 'Environment API', 'Environment API, internal'],
  },
  {
    probe: { name: 'probe-auth-ui', namespace: 'gatehouse', labels: labelsOf('auth-ui', 'server') },
    rows: '5, 7',
    mayReach: ['name service', 'Auth API', 'Auth API, internal', 'Environment API'],
  },
  {
    probe: {
      name: 'probe-environment-api',
      namespace: 'gatehouse',
      labels: labelsOf('environment-api', 'server'),
    },
    rows: '4, 5, 10, 11',
    mayReach: [...stores, 'Auth API', 'Auth API, internal'],
  },
  ...['auth-api', 'environment-api'].map((service) => ({
    probe: {
      name: `probe-migration-${service}`,
      namespace: 'gatehouse',
      labels: labelsOf(service, 'migration'),
    },
    // The policy of a migration goes away with it; without one its labels open nothing.
    rows: 'none',
    mayReach: [],
  })),
  {
    probe: { name: 'probe-neighbour', namespace: 'gatehouse', labels: { app: 'neighbour' } },
    rows: 'none',
    mayReach: [],
  },
  {
    probe: { name: 'application', namespace: 'applications', labels: { app: 'application' } },
    rows: '2, 3, 5, 6, 7',
    mayReach: [...published, ...elsewhere],
  },
  {
    probe: { name: 'probe-store', namespace: 'databases', labels: { app: 'probe' } },
    rows: '2, 3, 5, 6, 7',
    mayReach: [...published, ...elsewhere],
  },
];

export const connections: Step = {
  name: 'connections table',
  async run(cluster) {
    await cluster.apply('{ apiVersion: v1, kind: Namespace, metadata: { name: applications } }');
    return tryAll(cluster, sources, targets);
  },
};

/** Connections 8 and 9: to a store that only the two APIs know. */
export function connectionOfApis(cluster: Cluster, store: (typeof targets)[number]): Promise<string> {
  const own = sources
    .filter(({ probe }) => probe.namespace === cluster.namespace)
    .map((source) => ({ ...source, mayReach: source.mayReach.includes('Redis') ? [store.name] : [] }));
  return tryAll(cluster, own, [store]);
}

/** From every source to every target. Returns how many are allowed. */
async function tryAll(
  cluster: Cluster,
  from: readonly { probe: Probe; mayReach: string[] }[],
  to: typeof targets,
): Promise<string> {
  await cluster.apply(from.map(({ probe }) => probeObject(probe)).join('\n---\n'));
  try {
    for (const { probe } of from)
      await cluster.kubectl([
        ...['wait', `pod/${probe.name}`, '--namespace', probe.namespace],
        ...['--for=jsonpath={.status.phase}=Running', '--timeout=60s'],
      ]);
    const found = await findTargets(cluster, to);
    const listening = await reachedFromNode(cluster, found);
    mustBe(listening.length === found.length, 'a target does not listen at all');
    for (const { probe, mayReach } of from) await expectExactly(cluster, probe, found, mayReach);
    const allowed = from.reduce((sum, { mayReach }) => sum + mayReach.length, 0);
    const pairs = from.length * to.length;
    return `${pairs} pairs: ${allowed} allowed, ${pairs - allowed} refused`;
  } finally {
    if (!interruption.signal.aborted)
      for (const { probe } of from)
        await cluster.tryKubectl(['delete', 'pod', probe.name, '--namespace', probe.namespace]);
  }
}

/** A policy takes a moment to hold for a new pod: asked until the answer is the expected one. */
async function expectExactly(
  cluster: Cluster,
  probe: Probe,
  found: readonly Target[],
  mayReach: readonly string[],
): Promise<void> {
  let reached: string[] = [];
  const isAsExpected = async () => {
    reached = await reachedFrom(cluster, probe, found);
    return reached.length === mayReach.length && mayReach.every((name) => reached.includes(name))
      ? true
      : undefined;
  };
  await until('policies hold', isAsExpected, { timeoutMs: 15_000 }).catch(() => {
    const missing = mayReach.filter((name) => !reached.includes(name));
    const open = reached.filter((name) => !mayReach.includes(name));
    throw new Error(`${probe.name} does not reach [${missing.join(', ')}] and reaches [${open.join(', ')}]`);
  });
}

/** One pod for each target: policies hold for pods, whatever Service leads to them. */
async function findTargets({ get, namespace }: Cluster, wanted: typeof targets): Promise<Target[]> {
  return Promise.all(
    wanted.map(async ({ name, port, app, store = namespace, label }) => {
      const selector =
        label ?? `app.kubernetes.io/name=${app},app.kubernetes.io/component=server,pod-template-hash`;
      const { items } = await get<{ items: { status: { podIP?: string; phase: string } }[] }>(
        'pods',
        ...['--namespace', store, '--selector', selector],
      );
      const address = items.find(({ status }) => status.phase === 'Running')?.status.podIP;
      if (address === undefined) throw new Error(`no pod runs for ${name}`);
      return { name, address, port };
    }),
  );
}
