/** Steps that install the release before with its own charts, upgrade it to this one, and roll it back. */
import path from 'node:path';
import type { Cluster } from '../cluster.ts';
import { services, settled } from '../disturbances/pods.ts';
import { rollBackAll } from '../disturbances/releases.ts';
import { mustNotFail, textOf } from '../load/figures.ts';
import { underLoad } from '../load/load.ts';
import type { Step } from '../step.ts';
import { workplace } from '../workplace.ts';
import { install, namespace, prepareStores } from './install.ts';
import { previousCommit, unpackTree } from './release-before.ts';

const inNamespace = (cluster: Cluster): Cluster => ({ ...cluster, namespace });

const load = async (cluster: Cluster, disturb: () => Promise<unknown>): Promise<string> => {
  await previousCommit();
  const figures = await underLoad(inNamespace(cluster), disturb);
  mustNotFail(figures, false);
  return textOf(figures);
};

export const previousSteps: Step[] = [
  {
    name: 'N−1 is installed with its own charts',
    async run(cluster) {
      const commit = await previousCommit();
      const tree = path.join(workplace, 'previous');
      await unpackTree(commit, tree);
      const tag = commit.slice(0, 12);
      await makeImages(cluster, tree, tag);
      await prepareStores(cluster);
      for (const service of services) await install(cluster, service, tree, tag);
      return tag;
    },
  },
  {
    name: 'N−1 under load: upgraded in place, pod by pod',
    run: (cluster) =>
      load(cluster, async () => {
        for (const service of services) {
          await install(cluster, service, workplace);
          await settled(inNamespace(cluster), service);
        }
      }),
  },
  {
    name: 'N under load: rolled back to N−1, pod by pod',
    run: (cluster) => load(cluster, () => rollBackAll(inNamespace(cluster), services.toReversed())),
  },
  {
    name: 'N−1 is removed',
    // The node has no room for it and for what follows.
    run: ({ kubectl }) => kubectl(['delete', 'namespace', namespace, '--ignore-not-found']),
  },
];

/** As docs/guides/deployment.md of both releases prints it; nothing is built where the images are there. */
async function makeImages(cluster: Cluster, tree: string, tag: string): Promise<void> {
  for (const service of services) {
    const image = `registry.example.com/gatehouse/${service}:${tag}`;
    const build = `docker build --file docker/Dockerfile --target ${service} --tag ${image} .`;
    await cluster.shell.run(`(cd '${tree}'; docker image exists ${image} || ${build})\ndocker push ${image}`);
  }
}
