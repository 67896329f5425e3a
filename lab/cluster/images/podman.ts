/** Podman with a store of images of its own: nothing of a run is left among the images of the machine, and two checkouts may run at once. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeImages } from '../../../tools/images/base.ts';
import { buildSettings, podman } from '../../../tools/images/podman.ts';
import { run } from '../../../tools/programs/execute.ts';
import { clusterFolder, containerdSocket, runFolder } from '../places.ts';

/** Podman reads the variable in this process and in all that it starts. */
export function useOwnStore(): void {
  const store = path.join(clusterFolder, 'podman');
  const file = path.join(store, 'storage.conf');
  mkdirSync(store, { recursive: true });
  const folders = `graphroot = "${store}/images"\nrunroot = "${store}/run"`;
  writeFileSync(file, `[storage]\ndriver = "overlay"\n${folders}\n`);
  process.env['CONTAINERS_STORAGE_CONF'] = file;
}

/** Puts images into the node, which can pull none. */
export async function loadImages(names: readonly string[]): Promise<void> {
  const archive = path.join(runFolder, `images-${Date.now()}.tar`);
  const options = ['--quiet', '--multi-image-archive', '--format', 'docker-archive', '--output', archive];
  await podman('save', ...options, ...names);
  await run('ctr', ['--address', containerdSocket, '--namespace', 'k8s.io', 'images', 'import', archive]);
  rmSync(archive);
}

/**
 * A program `docker` for the operator's shell: podman on this machine's own base images, and the node in place of a registry.
 * The shell stands in the network of the node; only a build goes out to the network of this process.
 */
export function writeDocker(folder: string, { node, runtime }: NodeImages): void {
  const build = [
    ...['podman', 'build', ...buildSettings],
    ...['--build-arg', `NODE_IMAGE=${node}`, '--build-arg', `RUNTIME_IMAGE=${runtime}`],
  ];
  const script = `#!/bin/sh
set -eu
command=$1; shift
case $command in
  build) exec nsenter --net=/proc/${process.pid}/ns/net ${build.join(' ')} "$@" ;;
  push) podman save --quiet --format docker-archive "$1" | ctr --address '${containerdSocket}' --namespace k8s.io images import - ;;
  *) exec podman "$command" "$@" ;;
esac
`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'docker'), script);
  chmodSync(path.join(folder, 'docker'), 0o755);
}
