/** Uninstalls as printed and lists what is left. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Cluster } from '../cluster.ts';
import { stepsOfPage } from '../page/steps.ts';
import { runFolder } from '../places.ts';
import { becomes, mustBe, type Step } from '../step.ts';

/** A later run on the same cluster reads it too. */
const file = path.join(runFolder, 'objects-before.json');

/** Lists the objects that the operator made before the charts were installed. */
export const rememberObjects: Step = {
  name: 'list the objects before the installation',
  isNeeded: true,
  async run(cluster) {
    const before = await objectsIn(cluster, cluster.namespace);
    writeFileSync(file, JSON.stringify(before));
    return `${before.length} objects`;
  },
};

export const uninstall: Step = {
  name: 'uninstall leaves nothing',
  async run(cluster) {
    const before = JSON.parse(readFileSync(file, 'utf8')) as string[];
    const installed = await objectsIn(cluster, cluster.namespace);
    const [remove] = stepsOfPage('guides/deployment.md', ['Uninstall']);
    mustBe(remove !== undefined, 'docs/guides/deployment.md prints no block to uninstall');
    await remove?.run(cluster);
    await expectOnly(cluster, cluster.namespace, before);
    return `${installed.length} objects, then ${before.length} as before`;
  },
};

/** Pods end after the command has answered. */
export async function expectOnly(
  cluster: Cluster,
  namespace: string,
  expected: readonly string[],
): Promise<void> {
  let left: string[] = [];
  const isClean = async () => {
    left = (await objectsIn(cluster, namespace)).filter((name) => !expected.includes(name));
    return left.length === 0;
  };
  await becomes('all is gone', isClean, { everyMs: 1000 }).catch(() => {
    throw new Error(`left in ${namespace}: ${left.join(', ')}`);
  });
}

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
