/** How an evaluation is installed with the images that the suite has put into the node. */
import { freePort } from '@gatehouse/testing/network';
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

export async function localPlan(namespace: string, choices: Choices = {}): Promise<EvaluationPlan> {
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
