/** Builds and starts a real OCI registry, whose content is gone when it ends. For tests. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { compileGo, whyNoGo } from '../../programs/go.ts';
import { stateFolder } from '../places.ts';

const program = path.join(stateFolder, 'registry', 'registry');

export const whyNoRegistry = () => whyNoGo([1, 25]);

/** `address` is host and port, as a registry is named. */
export async function startRegistry(port: number) {
  await compileGo({
    module: import.meta.dirname,
    package: 'github.com/google/go-containerregistry/cmd/registry',
    program,
    args: ['-mod=readonly', '-trimpath', '-ldflags', '-s -w'],
  });
  const child = spawn(program, ['-port', String(port)], { stdio: 'ignore' });
  const address = `127.0.0.1:${port}`;
  while (!(await fetch(`http://${address}/v2/`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`the registry ended with ${child.exitCode}`);
    await delay(50);
  }
  return { address, stop: () => child.kill() };
}
