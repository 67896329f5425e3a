/** Steps that bring up what Gatehouse connects to. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Cluster } from '../cluster.ts';
import { storesImage } from '../images/node-images.ts';
import { loadImages } from '../images/podman.ts';
import type { Step } from '../step.ts';
import { workplace } from '../workplace.ts';
import { authority } from './authority.ts';
import { databaseObjects } from './databases.ts';

export async function applyAll({ apply }: Cluster, objects: readonly object[]): Promise<void> {
  await apply(objects.map((object) => JSON.stringify(object)).join('\n---\n'));
}

export async function isAvailable(
  { kubectl }: Cluster,
  namespace: string,
  ...names: string[]
): Promise<void> {
  for (const name of names)
    await kubectl(['rollout', 'status', `deployment/${name}`, '--namespace', namespace, '--timeout=180s']);
}

export const storeSteps: Step[] = [
  {
    name: 'PostgreSQL and Redis',
    isNeeded: true,
    async run(cluster) {
      await loadImages([storesImage]);
      await applyAll(cluster, databaseObjects());
      await isAvailable(cluster, 'databases', 'postgres', 'redis');
      writeFileSync(path.join(workplace, 'company-ca.crt'), authority.cert);
      return 'both with TLS';
    },
  },
];
