/** A service as a process of its own, with its management port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '@gatehouse/testing/ports';
import { onTestFinished, vi } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export type Name = 'auth-api' | 'auth-ui' | 'environment-api';

interface Answer {
  status: number;
  // Of `/health` and `/readyz`.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

/** Runs the sources: compiled code would not lack the guard that was taken out of a copy of them. */
export function spawnService(service: Name, env: Record<string, string>, command: string[] = []) {
  const args = ['--conditions=source', `services/${service}/src/main.ts`, ...command];
  // What Node has compiled before halves the CPU time of a start.
  const { NODE_COMPILE_CACHE = '' } = process.env;
  const own = { NODE_COMPILE_CACHE, ...env };
  return spawn(process.execPath, args, { cwd: root, env: own, stdio: ['ignore', 'pipe', 'pipe'] });
}

export async function startProcess(service: Name, env: Record<string, string>) {
  const [port, managementPort, internalPort] = [await freePort(), await freePort(), await freePort()];
  const child = spawnService(service, {
    GATEHOUSE_HTTP_HOST: '127.0.0.1',
    GATEHOUSE_HTTP_PORT: String(port),
    GATEHOUSE_MANAGEMENT_HOST: '127.0.0.1',
    GATEHOUSE_MANAGEMENT_PORT: String(managementPort),
    GATEHOUSE_INTERNAL_HOST: '127.0.0.1',
    GATEHOUSE_INTERNAL_PORT: String(internalPort),
    ...env,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
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
