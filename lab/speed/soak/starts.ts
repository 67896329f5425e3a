/** How long each service takes from its exec to its first answer 200, and the memory of one that then waits for requests. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '@gatehouse/testing/network';
import type { ServiceName } from '../../../tools/stack/services.ts';
import type { BenchStack } from '../bench-stack.ts';
import { residentMiB } from '../machine.ts';
import { startProgram } from '../processes.ts';

export interface StartFigures {
  /** The fastest: a start that others disturb only takes longer. */
  startMs: number;
  idleMiB: number;
}

const rounds = 5;
const pollMs = 2;
/** Until nothing of the start is left to do. */
const settleMs = 10_000;

/** A request that is answered out of the stores where the service has some. */
const firstRequests: Record<ServiceName, (stack: BenchStack) => { path: string; authorization?: string }> = {
  'auth-api': () => ({ path: '/.well-known/openid-configuration/auth/v3' }),
  'auth-ui': () => ({ path: '/auth/sign-in.html' }),
  'environment-api': ({ operator }) => ({ path: '/environment/v3/environments', authorization: operator }),
};

export async function measureStart(stack: BenchStack, service: ServiceName): Promise<StartFigures> {
  const tookMs: number[] = [];
  let idleMiB = 0;
  for (let round = 0; round < rounds; round += 1) {
    const startedMs = performance.now();
    const { pid, stop } = await startAnother(stack, service);
    try {
      tookMs.push(performance.now() - startedMs);
      if (round < rounds - 1) continue;
      await wait(settleMs);
      idleMiB = residentMiB([pid]);
    } finally {
      await stop();
    }
  }
  return { startMs: Math.round(Math.min(...tookMs)), idleMiB };
}

/** With the program and the settings of the one that runs, and ports of its own. */
async function startAnother(stack: BenchStack, service: ServiceName) {
  const { pid } = stack.services[service];
  const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').filter(Boolean);
  const [program = '', ...args] = read('cmdline');
  const [port, managementPort, internalPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const { path, authorization } = firstRequests[service](stack);
  return startProgram({
    program,
    args,
    env: {
      ...Object.fromEntries(read('environ').map((line) => line.split(/=(.*)/s).slice(0, 2))),
      GATEHOUSE_HTTP_PORT: String(port),
      GATEHOUSE_MANAGEMENT_PORT: String(managementPort),
      GATEHOUSE_INTERNAL_PORT: String(internalPort),
      // Without the probe that was loaded into the process that runs.
      NODE_OPTIONS: '',
    },
    readyUrl: `http://127.0.0.1:${port}${path}`,
    authorization,
    pollMs,
  });
}
