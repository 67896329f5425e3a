/** The upgrade gate: installs the release before with its own charts, upgrades it to this one, and rolls it back. */
import path from 'node:path';
import type { Cluster } from '../cluster.ts';
import { services } from '../disturbances/pods.ts';
import type { Step } from '../step.ts';
import { workplace } from '../workplace.ts';
import { passGate } from './gate.ts';
import { install, namespace, prepareStores } from './install.ts';
import { previousCommit, unpackTree } from './release-before.ts';

/** How long pods of both releases serve. */
export const defaultSideBySideMs = 600_000;

export function previousSteps(sideBySideMs: number): Step[] {
  return [
    {
      name: 'upgrade gate: N−1 is installed with its own charts',
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
      name: 'upgrade gate: to N and back to N−1 under load, both side by side in between',
      async run(cluster) {
        await previousCommit();
        return passGate({ ...cluster, namespace }, sideBySideMs);
      },
    },
    {
      name: 'upgrade gate: N−1 is removed',
      // The node has no room for it and for what follows.
      run: ({ kubectl }) => kubectl(['delete', 'namespace', namespace, '--ignore-not-found']),
    },
  ];
}

/** As docs/guides/deployment.md of both releases prints it; nothing is built where the images are there. */
async function makeImages(cluster: Cluster, tree: string, tag: string): Promise<void> {
  for (const service of services) {
    const image = `registry.example.com/gatehouse/${service}:${tag}`;
    const build = `docker build --file docker/Dockerfile --target ${service} --tag ${image} .`;
    await cluster.shell.run(`(cd '${tree}'; docker image exists ${image} || ${build})\ndocker push ${image}`);
  }
}
