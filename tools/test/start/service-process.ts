/** A service as a process of its own, with its management port. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { freePort } from '@gatehouse/testing/network';
import { onTestFinished, vi } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export const printing = fileURLToPath(new URL('./printing-service.ts', import.meta.url));

export type Name = 'auth-api' | 'auth-ui' | 'environment-api';

interface Answer {
  status: number;
  // Of `/health` and `/readyz`.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

/** Descriptors that a process writes to; without them the test reads. */
export interface Outputs {
  stdout: number;
  stderr: number;
}

const read = { stdout: 'pipe', stderr: 'pipe' } as const;

/** Runs the sources: compiled code would not lack the guard that was taken out of a copy of them. */
export function spawnService(service: Name, env: Record<string, string>, command: string[] = []) {
  return spawnSources(`services/${service}/src/main.ts`, env, command, read) as ChildProcessByStdio<
    null,
    Readable,
    Readable
  >;
}

/** Runs the command `migrate` of a service. */
export async function migrateService(service: Name, env: Record<string, string>): Promise<void> {
  const child = spawnService(service, env, ['migrate']);
  const [error, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(error);
}

export function spawnSources(
  main: string,
  env: Record<string, string>,
  command: string[],
  { stdout, stderr }: Outputs | typeof read = read,
) {
  const args = ['--conditions=source', main, ...command];
  // Code that Node has compiled before halves the CPU time of a start.
  const { NODE_COMPILE_CACHE = '' } = process.env;
  const own = { NODE_COMPILE_CACHE, ...env };
  return spawn(process.execPath, args, { cwd: root, env: own, stdio: ['ignore', stdout, stderr] });
}

export async function startProcess(
  service: Name | 'printing',
  env: Record<string, string>,
  outputs: Outputs | typeof read = read,
) {
  const [port, managementPort, internalPort] = [await freePort(), await freePort(), await freePort()];
  const addresses = {
    GATEHOUSE_HTTP_HOST: '127.0.0.1',
    GATEHOUSE_HTTP_PORT: String(port),
    GATEHOUSE_MANAGEMENT_HOST: '127.0.0.1',
    GATEHOUSE_MANAGEMENT_PORT: String(managementPort),
    GATEHOUSE_INTERNAL_HOST: '127.0.0.1',
    GATEHOUSE_INTERNAL_PORT: String(internalPort),
  };
  const main = service === 'printing' ? printing : `services/${service}/src/main.ts`;
  const child = spawnSources(main, { ...addresses, ...env }, [], outputs);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  onTestFinished(() => void child.kill('SIGKILL'));

  async function management(path: string): Promise<Answer> {
    if (child.exitCode !== null) throw new Error(`${service} has ended (${child.exitCode}): ${output}`);
    const response = await fetch(`http://127.0.0.1:${managementPort}${path}`);
    return { status: response.status, body: await response.json() };
  }

  return {
    child,
    url: `http://127.0.0.1:${port}`,
    internalUrl: `http://127.0.0.1:${internalPort}`,
    managementUrl: `http://127.0.0.1:${managementPort}`,
    management,
    /** Waits for what the management port tells. */
    until: (path: string, check: (answer: Answer) => void) =>
      vi.waitFor(async () => check(await management(path)), { timeout: 60_000, interval: 100 }),
    output: () => output,
  };
}

/** Resolves with the exit code and the time that it took. */
export async function terminate(child: ChildProcess) {
  const atMs = performance.now();
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await ended;
  return { code, tookMs: performance.now() - atMs };
}
