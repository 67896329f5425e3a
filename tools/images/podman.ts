/** Runs podman with settings that work in a container or a virtual machine too, without touching those of the machine. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../programs/execute.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Ignored by git; may be deleted at any time. */
const stateFolder = join(root, '.gatehouse/images');

/** Only this format keeps the health check. Without a share a build gets as much of a busy machine as one process. */
export const buildSettings = ['--format', 'docker', '--network', 'host', '--cpu-shares', '8192'];

/** Why no image can be built here, or undefined when one can. */
export function whyNoPodman(): string | undefined {
  for (const program of ['podman', 'buildah', 'runc', 'debootstrap'])
    if (spawnSync(program, ['--version']).error) return `${program} is not installed`;
  return process.getuid?.() === 0 ? undefined : 'images are built by root here';
}

/** Resolves with the standard output. @throws Error with all that podman said */
export async function podman(...args: string[]): Promise<string> {
  const env = { ...process.env, ...podmanEnvironment() };
  return (await run('podman', args, { cwd: root, env })).trim();
}

/** For podman, wherever it is started: runc instead of crun, which refuses mixed versions of cgroups; limits that root of a container may set. */
export function podmanEnvironment() {
  const file = join(stateFolder, 'containers.conf');
  mkdirSync(stateFolder, { recursive: true });
  const limits = '["nofile=20000:20000","nproc=30000:30000"]';
  writeFileSync(file, `[containers]\ndefault_ulimits=${limits}\n[engine]\nruntime="runc"\n`);
  return { CONTAINERS_CONF: file };
}
