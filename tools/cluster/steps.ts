/** All steps of a run, in their order. */

import { browserLogin } from './checks/browser-login.ts';
import { makeBaseImages } from './images/base.ts';
import { makeNodeImages } from './images/node-images.ts';
import { preparePodman } from './images/podman.ts';
import { bringUp } from './node/up.ts';
import { pageSteps } from './page/steps.ts';
import { buildPrograms } from './programs.ts';
import type { Step } from './step.ts';
import { storeSteps } from './stores/steps.ts';
import { copyTree } from './workplace.ts';

/** Each is right or wrong by itself; those that are needed come first. */
export function stepsOf(): Step[] {
  return [...nodeSteps(), ...storeSteps, ...pageSteps(), browserLogin];
}

function nodeSteps(): Step[] {
  let programs = '';
  return [
    {
      name: 'build the programs of the node',
      isNeeded: true,
      async run() {
        const { folder, compiled } = await buildPrograms();
        programs = folder;
        return compiled === 0 ? 'all were there' : `${compiled} compiled`;
      },
    },
    {
      name: 'make the base images',
      isNeeded: true,
      async run() {
        preparePodman();
        await makeBaseImages();
        await makeNodeImages(programs);
        return '';
      },
    },
    {
      name: 'bring the node up',
      isNeeded: true,
      async run(cluster) {
        await bringUp({ programs, kubectl: cluster.kubectlProgram });
        await copyTree();
        cluster.prepareShell();
        const { items } = await cluster.get<{
          items: { status: { nodeInfo: { kubeletVersion: string } } }[];
        }>('nodes');
        return `Kubernetes ${items[0]?.status.nodeInfo.kubeletVersion}`;
      },
    },
  ];
}
