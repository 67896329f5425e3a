/** Takes pods away: deleted, deleted by force, killed by the kernel, evicted. */

import { until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { becomes } from '../step.ts';
import { podNamesOf, podsOf, processOf, services, settled } from './pods.ts';

/** One pod of each service. */
export async function deleteOneOfEach(cluster: Cluster, ...options: string[]): Promise<void> {
  for (const service of services) {
    const [name = ''] = await podNamesOf(cluster, service);
    await deletePods(cluster, [name], ...options);
    await settled(cluster, service);
  }
}

export async function deletePods(
  { kubectl, namespace }: Cluster,
  names: readonly string[],
  ...options: readonly string[]
): Promise<void> {
  await kubectl(['delete', 'pod', ...names, '--namespace', namespace, '--wait=false', ...options]);
}

/** The main process of one pod of each service, as when memory runs out: the container is started again in the same pod. */
export async function killOneOfEach(cluster: Cluster): Promise<void> {
  for (const service of services) {
    const [pod] = await podsOf(cluster, service);
    process.kill(await processOf(pod), 'SIGKILL');
    const restartsIn = (one: typeof pod) => one?.status.containerStatuses?.[0]?.restartCount ?? 0;
    await becomes(`the container of ${service} was started again`, async () => {
      const pods = await podsOf(cluster, service);
      const again = pods.find(({ metadata }) => metadata.name === pod?.metadata.name);
      return restartsIn(again) > restartsIn(pod);
    });
    await settled(cluster, service);
  }
}

/** Every pod in turn through the eviction API, as a drain does it. Returns how many, and how often a budget refused. */
export async function evictAll(cluster: Cluster): Promise<{ evicted: number; refused: number }> {
  const counts = { evicted: 0, refused: 0 };
  for (const service of services)
    for (const name of await podNamesOf(cluster, service)) {
      await until(`${name} may be evicted`, async () => {
        if (await evict(cluster, name)) return true;
        counts.refused += 1;
        return undefined;
      });
      counts.evicted += 1;
    }
  await settled(cluster, ...services);
  return counts;
}

/** Whether it was allowed: 429 is the answer of a disruption budget. */
async function evict({ namespace, tryKubectl }: Cluster, name: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  const { exitCode, stderr } = await tryKubectl(
    ['create', '--raw', path, '--filename', '-'],
    JSON.stringify(body),
  );
  if (exitCode !== 0 && !/disruption budget|TooManyRequests/i.test(stderr)) throw new Error(stderr);
  return exitCode === 0;
}
