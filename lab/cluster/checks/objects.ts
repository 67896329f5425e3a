/** Lists all that is in the namespace of the product, of every kind that the cluster knows. */
import type { Cluster } from '../cluster.ts';

/** Made by the cluster itself, or gone with what they belong to. */
const ofTheCluster =
  /^(event|pod\.metrics|endpoints|endpointslice|lease|serviceaccount\/default$|configmap\/kube-root-ca\.crt$)/;

export async function objectsIn({ kubectl }: Cluster, namespace: string): Promise<string[]> {
  const kinds = (await kubectl(['api-resources', '--verbs=list', '--namespaced', '--output=name']))
    .trim()
    .split('\n');
  const chosen = kinds
    .filter((kind) => !/^(events|pods\.metrics|endpoints|leases|endpointslices)/.test(kind))
    .join(',');
  const lines = await kubectl([
    'get',
    chosen,
    '--namespace',
    namespace,
    '--output=name',
    '--ignore-not-found',
  ]);
  return lines
    .split('\n')
    .filter((line) => line !== '' && !ofTheCluster.test(line))
    .sort();
}
