/** How long each service takes from its exec to its first answer 200, and the memory of one that then waits for requests. */
import { setTimeout as wait } from 'node:timers/promises';
import { startAnother } from '../another.ts';
import { type BenchStack, end, type ServiceName } from '../bench-stack.ts';
import { pin, residentMiB, serverCore } from '../machine.ts';

export interface StartFigures {
  /** The fastest: a start that others disturb only takes longer. */
  startMs: number;
  idleMiB: number;
}

const rounds = 5;
const pollMs = 2;
const givenUpMs = 30_000;
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
    // Without what was loaded into the process that runs.
    const { child, port } = await startAnother(stack.services[service].pid, { NODE_OPTIONS: undefined });
    try {
      const pid = child.pid ?? 0;
      pin(pid, serverCore);
      const { path, authorization } = firstRequests[service](stack);
      await untilAnswered(`http://127.0.0.1:${port}${path}`, authorization);
      tookMs.push(performance.now() - startedMs);
      if (round < rounds - 1) continue;
      await wait(settleMs);
      idleMiB = residentMiB(pid);
    } finally {
      await end(child);
    }
  }
  return { startMs: Math.round(Math.min(...tookMs)), idleMiB };
}

async function untilAnswered(url: string, authorization: string | undefined): Promise<void> {
  const headers = authorization === undefined ? {} : { authorization };
  const untilMs = performance.now() + givenUpMs;
  while (performance.now() < untilMs) {
    const answer = await fetch(url, { headers }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) return;
    await wait(pollMs);
  }
  throw new Error(`${url} did not answer 200 within ${givenUpMs / 1000} s of its start`);
}
