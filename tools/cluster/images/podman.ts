/** Podman with a store of images of its own, so that nothing of a run is left among the images of the machine. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { attempt, run } from '../execute.ts';
import { clusterFolder, containerdSocket, runFolder } from '../places.ts';

const inStore = (file: string) => path.join(clusterFolder, 'podman', file);

/** For podman, wherever it is started. Call `preparePodman` first. */
export const podmanEnvironment = {
  CONTAINERS_CONF: inStore('containers.conf'),
  CONTAINERS_STORAGE_CONF: inStore('storage.conf'),
};

export function preparePodman(): void {
  mkdirSync(inStore(''), { recursive: true });
  // A container that runs in a container may not raise its limits.
  const limits = 'default_ulimits = ["nofile=20000:20000", "nproc=30000:30000"]';
  writeFileSync(podmanEnvironment.CONTAINERS_CONF, `[containers]\n${limits}\n[engine]\nruntime = "runc"\n`);
  const folders = `graphroot = "${inStore('images')}"\nrunroot = "${inStore('run')}"`;
  writeFileSync(podmanEnvironment.CONTAINERS_STORAGE_CONF, `[storage]\ndriver = "overlay"\n${folders}\n`);
}

export function podman(...args: string[]): Promise<string> {
  return run('podman', args, { env: { ...process.env, ...podmanEnvironment } });
}

/** What an image is made of. `from`: what its files come from, where that changes without the lines. */
export interface Recipe {
  lines: readonly string[];
  from?: string;
  fill?(folder: string): Promise<void> | void;
}

/** Builds an image unless one of this recipe is there. `fill` writes what the lines copy. */
export async function buildOnce(image: string, { lines, from = '', fill }: Recipe): Promise<void> {
  const recipe = createHash('sha256')
    .update([...lines, from].join('\n'))
    .digest('hex');
  if (await isMadeBy(image, recipe)) return;
  const folder = inStore('context');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await fill?.(folder);
    writeFileSync(path.join(folder, 'Containerfile'), lines.join('\n'));
    const options = ['--quiet', '--network', 'host', '--label', `recipe=${recipe}`, '--tag', image];
    await podman('build', ...options, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether there is such an image; with a recipe, whether it was made by it. */
export async function isMadeBy(image: string, recipe?: string): Promise<boolean> {
  const env = { ...process.env, ...podmanEnvironment };
  const args = ['image', 'inspect', '--format', '{{index .Labels "recipe"}}', image];
  const { exitCode, stdout } = await attempt('podman', args, { env });
  return exitCode === 0 && (recipe === undefined || stdout.trim() === recipe);
}

/** Puts images into the node, which can pull none. */
export async function loadImages(names: readonly string[]): Promise<void> {
  const archive = path.join(runFolder, `images-${names.length}-${Date.now()}.tar`);
  await podman(
    'save',
    '--quiet',
    '--multi-image-archive',
    '--format',
    'docker-archive',
    '--output',
    archive,
    ...names,
  );
  await run('ctr', ['--address', containerdSocket, '--namespace', 'k8s.io', 'images', 'import', archive]);
  rmSync(archive);
}

/**
 * A program `docker` for the operator's shell: podman on this machine's own base images, and the node in place of a registry.
 * The shell stands in the network of the node; only a build goes out to the network of this process.
 */
export function writeDocker(folder: string, buildArguments: readonly string[]): void {
  const script = `#!/bin/sh
set -eu
command=$1; shift
case $command in
  build) exec nsenter --net=/proc/${process.pid}/ns/net podman build --format docker --network host ${buildArguments.join(' ')} "$@" ;;
  push) podman save --quiet --format docker-archive "$1" | ctr --address '${containerdSocket}' --namespace k8s.io images import - ;;
  *) exec podman "$command" "$@" ;;
esac
`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'docker'), script);
  chmodSync(path.join(folder, 'docker'), 0o755);
}
