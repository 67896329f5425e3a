/** Takes pods away: deleted, deleted by force, killed by the kernel, evicted. */

import { run, until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { containerdSocket } from '../places.ts';
import { podNamesOf, podsOf, services, settled } from './pods.ts';

/** One pod of each service. */
export async function deleteOneOfEach(cluster: Cluster, ...options: string[]): Promise<void> {
  for (const service of services) {
    const [name = ''] = await podNamesOf(cluster, service);
    await cluster.kubectl([
      'delete',
      'pod',
      name,
      '--namespace',
      cluster.namespace,
      '--wait=false',
      ...options,
    ]);
    await settled(cluster, service);
  }
}

/** The main process of one pod of each service, as when memory runs out: the container is started again in the same pod. */
export async function killOneOfEach(cluster: Cluster): Promise<void> {
  for (const service of services) {
    const [pod] = await podsOf(cluster, service);
    const [container] = pod?.status.containerStatuses ?? [];
    const id = container?.containerID?.replace('containerd://', '');
    const tasks = await run('ctr', ['--address', containerdSocket, '--namespace', 'k8s.io', 'tasks', 'ls']);
    const pid = tasks
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .find(([task]) => task === id)?.[1];
    if (pid === undefined) throw new Error(`no process of ${pod?.metadata.name} is known to containerd`);
    process.kill(Number(pid), 'SIGKILL');
    await until(`the container of ${service} was started again`, async () => {
      const again = (await podsOf(cluster, service)).find(
        ({ metadata }) => metadata.name === pod?.metadata.name,
      );
      const restarts = again?.status.containerStatuses?.[0]?.restartCount ?? 0;
      return restarts > (container?.restartCount ?? 0) || undefined;
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
