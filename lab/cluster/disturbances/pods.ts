/** Finds the pods of a service, and knows when nothing is being replaced any more. */

import { until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';

export const services = ['environment-api', 'auth-api', 'auth-ui'] as const;

interface Pod {
  metadata: { name: string; deletionTimestamp?: string };
  status: {
    podIP?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: {
      containerID?: string;
      restartCount: number;
      lastState?: { terminated?: { exitCode: number } };
    }[];
  };
}

export const selectorOf = (service: string) =>
  `app.kubernetes.io/instance=${service},app.kubernetes.io/component notin (migration,test)`;

export async function podsOf({ get, namespace }: Cluster, service: string): Promise<Pod[]> {
  const { items } = await get<{ items: Pod[] }>(
    'pods',
    '--namespace',
    namespace,
    '--selector',
    selectorOf(service),
  );
  return items;
}

export async function podNamesOf(cluster: Cluster, service: string): Promise<string[]> {
  return (await podsOf(cluster, service)).map(({ metadata }) => metadata.name);
}

/** All pods are ready, none is ending, and there are as many as there should be. */
export async function settled(cluster: Cluster, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const args = ['--namespace', cluster.namespace, `deployment/${name}`];
    await cluster.kubectl(['rollout', 'status', '--timeout=180s', ...args]);
    await until(`${name} has settled`, async () => {
      const { spec } = await cluster.get<{ spec: { replicas: number } }>(...args);
      const pods = await podsOf(cluster, name);
      return (pods.length === spec.replicas && pods.every(isReady)) || undefined;
    });
  }
}

function isReady({ metadata, status: { conditions = [] } }: Pod): boolean {
  const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return ready && metadata.deletionTimestamp === undefined;
}
