/** Brings a node of Kubernetes up in a network of its own. */
import { mkdirSync } from 'node:fs';
import { run, until } from '../../../tools/programs/execute.ts';
import { addonsImage, pauseImage } from '../images/node-images.ts';
import { loadImages } from '../images/podman.ts';
import { kubeconfigFile, nodeName, runFolder } from '../places.ts';
import { addonObjects, startAddons } from './addons.ts';
import { startControlPlane } from './control-plane.ts';
import { rememberSysctls } from './down.ts';
import { createNetwork } from './network.ts';
import { endedPrograms } from './processes.ts';
import { startContainerd, startKubelet } from './worker.ts';

export async function bringUp(kubectl: string): Promise<void> {
  mkdirSync(runFolder, { recursive: true });
  rememberSysctls();
  await createNetwork();
  const parts = [
    startContainerd().then(() => loadImages([pauseImage, addonsImage])),
    startControlPlane(kubectl),
  ];
  // Both have ended, whatever the other says: what is taken down then stays down.
  for (const part of await Promise.allSettled(parts)) if (part.status === 'rejected') throw part.reason;
  startKubelet();
  const ask = (...args: string[]) => run(kubectl, ['--kubeconfig', kubeconfigFile, ...args]);
  await run(kubectl, ['--kubeconfig', kubeconfigFile, 'apply', '-f', '-'], { input: addonObjects });
  const isReady = (...args: string[]) =>
    ask('wait', '--timeout=60s', ...args).then(
      () => true,
      () => undefined,
    );
  await until('the node is ready', () => isReady('--for=condition=Ready', `node/${nodeName}`));
  // kube-router ends at once where the node is not known yet.
  startAddons();
  await until('names are resolved', () =>
    isReady('--for=condition=Available', '--namespace=kube-system', 'deployment/name-service'),
  );
  const ended = endedPrograms();
  if (ended.length > 0) throw new Error(`${ended.join(', ')} ended at once: see ${runFolder}/log`);
}
