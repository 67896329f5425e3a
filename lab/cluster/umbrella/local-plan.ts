/** How an evaluation is installed from this tree, with the images that the suite has put into the node. */
import { freePort } from '@gatehouse/testing/network';
import type { Cluster } from '../cluster.ts';
import { runHelm } from '../disturbances/releases.ts';
import { storesImage } from '../images/node-images.ts';
import type { EvaluationPlan } from './evaluation.ts';

const [, registry, repository, tag] = /^([^/]+)\/(.+):(.+)$/.exec(storesImage) ?? [];
const store = { image: { registry, repository, tag } };
const image = { registry: 'registry.example.com' };

interface Choices {
  /** Of Environment API: which documents its Job applies. */
  configuration?: object;
  /** Of the volume of PostgreSQL. */
  storage?: string;
  scheme?: 'http' | 'https';
  /** Default: a free one. */
  port?: number;
}

/** The chart has its parts beside it then. */
export async function localPlan(
  cluster: Cluster,
  namespace: string,
  choices: Choices = {},
): Promise<EvaluationPlan> {
  await runHelm(cluster, ['dependency', 'build', 'charts/gatehouse']);
  const { configuration, storage = '', scheme = 'http', port = await freePort() } = choices;
  return {
    chart: 'charts/gatehouse',
    values: {
      'global.publicUrl': `${scheme}://localhost:${port}`,
      // Its pod needs the image of the command line, which most steps do not make.
      doctor: { enabled: false },
      evaluation: { postgres: { ...store, storage }, redis: store },
      'auth-api': { image },
      'auth-ui': { image },
      'environment-api': { image, ...(configuration && { configuration: { image, ...configuration } }) },
    },
    namespace,
    port,
  };
}
