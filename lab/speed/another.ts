/** Starts another process of a service that a stack runs, with the same settings and ports of its own. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '@gatehouse/testing/network';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `pid`: the process that runs; `more`: settings that win over its own, undefined for those that are left out. */
export async function startAnother(pid: number, more: NodeJS.ProcessEnv = {}) {
  const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').filter(Boolean);
  const [program = '', ...args] = read('cmdline');
  const env = Object.fromEntries(read('environ').map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const [port, managementPort, internalPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const child = spawn(program, args, {
    cwd: root,
    stdio: 'ignore',
    env: {
      ...env,
      GATEHOUSE_HTTP_PORT: String(port),
      GATEHOUSE_MANAGEMENT_PORT: String(managementPort),
      GATEHOUSE_INTERNAL_PORT: String(internalPort),
      ...more,
    },
  });
  const at = (of: number) => `http://127.0.0.1:${of}`;
  return { child, port, managementUrl: at(managementPort), internalUrl: at(internalPort) };
}
