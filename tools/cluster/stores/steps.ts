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
import {
  consulImage,
  consulObjects,
  elasticsearchImage,
  elasticsearchObjects,
  makeConsulImage,
  makeElasticsearchImage,
} from './optional.ts';

async function applyAll({ apply }: Cluster, objects: readonly object[]): Promise<void> {
  await apply(objects.map((object) => JSON.stringify(object)).join('\n---\n'));
}

async function isAvailable({ kubectl }: Cluster, namespace: string, ...names: string[]): Promise<void> {
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

/** After the installation as printed, which has neither: Auth API and Environment API are told of them. */
export const optionalStoreSteps: Step[] = [
  {
    name: 'Consul',
    async run(cluster) {
      await makeConsulImage();
      await loadImages([consulImage]);
      await applyAll(cluster, consulObjects());
      await isAvailable(cluster, 'discovery', 'consul');
      await upgrade(cluster, [
        '--set',
        'consul.url=https://consul.discovery.svc:8501',
        '--set-file',
        'consul.ca=company-ca.crt',
      ]);
      return 'with TLS';
    },
  },
  {
    name: 'Elasticsearch',
    async run(cluster) {
      await makeElasticsearchImage();
      await loadImages([elasticsearchImage]);
      await applyAll(cluster, elasticsearchObjects());
      await isAvailable(cluster, 'logs', 'elasticsearch');
      const nodes = 'elasticsearch.nodes={http://elasticsearch.logs.svc:9200}';
      await upgrade(cluster, ['--set', nodes, '--set', 'elasticsearch.allowPlaintext=true']);
      return '';
    },
  },
];

async function upgrade({ helm, namespace }: Cluster, settings: readonly string[]): Promise<void> {
  for (const service of ['environment-api', 'auth-api']) {
    const args = ['upgrade', service, `charts/${service}`, '--namespace', namespace, '--reuse-values'];
    const { exitCode, stderr } = await helm([...args, ...settings, '--wait', '--timeout', '5m']);
    if (exitCode !== 0) throw new Error(stderr);
  }
}
