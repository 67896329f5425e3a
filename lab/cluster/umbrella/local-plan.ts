/** How an evaluation is installed with the images that the suite has put into the node. */
import { freePort } from '@gatehouse/testing/network';
import { storesImage } from '../images/node-images.ts';
import type { EvaluationPlan } from './evaluation.ts';

const [, registry, repository, tag] = /^([^/]+)\/(.+):(.+)$/.exec(storesImage) ?? [];
const store = { image: { registry, repository, tag } };
const image = { registry: 'registry.example.com' };

/** @param configuration of Environment API: which documents its Job applies */
export async function localPlan(namespace: string, configuration?: object): Promise<EvaluationPlan> {
  return {
    chart: 'charts/gatehouse',
    values: {
      // Its pod needs the image of the command line, which most steps do not make.
      doctor: { enabled: false },
      evaluation: { postgres: store, redis: store },
      'auth-api': { image },
      'auth-ui': { image },
      'environment-api': { image, ...(configuration && { configuration: { image, ...configuration } }) },
    },
    namespace,
    port: await freePort(),
  };
}
