/** All steps of a run, in their order. */

import { makeNodeImages } from '../../tools/images/base.ts';
import { browserLogin } from './checks/browser-login.ts';
import { fromRegistry } from './checks/from-registry.ts';
import { mistakesOfOperators } from './checks/mistakes.ts';
import { optionalStoreSteps } from './checks/optional-stores.ts';
import { sideBySideSteps } from './checks/side-by-side.ts';
import { rememberObjects, uninstall } from './checks/uninstall.ts';
import { configurationSteps } from './configuration/steps.ts';
import { disturbanceSteps, removeCertificates } from './disturbances/steps.ts';
import { makeOwnImages } from './images/node-images.ts';
import { bringUp } from './node/up.ts';
import { pageSteps } from './page/steps.ts';
import { defaultSideBySideMs, previousSteps } from './previous/steps.ts';
import { buildPrograms } from './programs.ts';
import type { Step } from './step.ts';
import { storeSteps } from './stores/steps.ts';
import { evaluationStep, lastingEvaluationStep, oneReleaseStep } from './umbrella/steps.ts';
import { copyTree } from './workplace.ts';

/** Each is right or wrong by itself; those that are needed come first. `sideBySideMs`: as the upgrade gate lets two releases serve. */
export function stepsOf({ sideBySideMs = defaultSideBySideMs } = {}): Step[] {
  const steps = pageSteps();
  const install = steps.findIndex(({ name }) => name.includes('Install'));
  return [
    ...nodeSteps,
    ...storeSteps,
    ...steps.slice(0, install),
    rememberObjects,
    ...steps.slice(install),
    browserLogin,
    fromRegistry,
    evaluationStep,
    lastingEvaluationStep,
    ...configurationSteps,
    oneReleaseStep,
    ...sideBySideSteps,
    ...disturbanceSteps,
    ...previousSteps(sideBySideMs),
    ...optionalStoreSteps,
    mistakesOfOperators,
    removeCertificates,
    uninstall,
  ];
}

export const nodeSteps: Step[] = [
  {
    name: 'build the programs of the node',
    isNeeded: true,
    async run() {
      const compiled = await buildPrograms();
      return compiled === 0 ? 'all were there' : `${compiled} compiled`;
    },
  },
  {
    name: 'make the base images',
    isNeeded: true,
    async run() {
      await makeNodeImages();
      await makeOwnImages();
      return '';
    },
  },
  {
    name: 'bring the node up',
    isNeeded: true,
    async run(cluster) {
      await bringUp(cluster.kubectlProgram);
      await copyTree();
      await cluster.prepareShell();
      const version = ['version', '--output', 'json'];
      const { serverVersion } = JSON.parse(await cluster.kubectl(version));
      return `Kubernetes ${serverVersion.gitVersion}`;
    },
  },
];
