/** Finds the pods of a service, and knows when nothing is being replaced any more. */

import { run } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { containerdSocket } from '../places.ts';
import { becomes } from '../step.ts';

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
  `app.kubernetes.io/instance=${service},app.kubernetes.io/component notin (configuration,migration,test)`;

export const podsOf = (cluster: Cluster, service: string) =>
  podsLike(cluster, cluster.namespace, selectorOf(service));

export async function podsLike({ get }: Cluster, namespace: string, selector: string): Promise<Pod[]> {
  const place = ['--namespace', namespace, '--selector', selector];
  return (await get<{ items: Pod[] }>('pods', ...place)).items;
}

/** The main process of the pod, as containerd knows it: SIGSTOP keeps its connections and lets it answer nothing. */
export async function processOf(pod: Pod | undefined): Promise<number> {
  const id = pod?.status.containerStatuses?.[0]?.containerID?.replace('containerd://', '');
  const tasks = await run('ctr', ['--address', containerdSocket, '--namespace', 'k8s.io', 'tasks', 'ls']);
  const line = tasks.split('\n').find((one) => id !== undefined && one.trim().startsWith(id));
  const pid = Number(line?.trim().split(/\s+/)[1]);
  if (!(pid > 1)) throw new Error(`no process of ${pod?.metadata.name} is known to containerd`);
  return pid;
}

export async function podNamesOf(cluster: Cluster, service: string): Promise<string[]> {
  return (await podsOf(cluster, service)).map(({ metadata }) => metadata.name);
}

/** All pods are ready, none is ending, and there are as many as there should be. */
export async function settled(cluster: Cluster, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const args = ['--namespace', cluster.namespace, `deployment/${name}`];
    await cluster.kubectl(['rollout', 'status', '--timeout=180s', ...args]);
    await becomes(`${name} has settled`, async () => {
      const { spec } = await cluster.get<{ spec: { replicas: number } }>(...args);
      const pods = await podsOf(cluster, name);
      return pods.length === spec.replicas && pods.every(isReady);
    });
  }
}

function isReady({ metadata, status: { conditions = [] } }: Pod): boolean {
  const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return ready && metadata.deletionTimestamp === undefined;
}
