/** Whole logins a second, through the public host, with the password hash that the simulator really has. */
import type { BenchStack } from '../bench-stack.ts';
import { fire } from '../load.ts';
import { disturbedIn, medianOf, sampled } from '../samples.ts';
import { createFlowDriver } from './sign-in-flow.ts';

export const loginRowName = 'login_code_flow';

export interface LoginResult {
  name: typeof loginRowName;
  flowsPerSecond: number;
  formPostPerSecond: number;
  ratioToFormPost: number;
  p50Ms: number;
  p99Ms: number;
}

const concurrency = 8;

export async function measureLogin(
  stack: BenchStack,
  { seconds, rounds, connections }: { seconds: number; rounds: number; connections: number },
): Promise<{ result: LoginResult; disturbedRounds: number }> {
  const driver = createFlowDriver(stack, concurrency);
  const pids = [...stack.pids, process.pid];
  const flows = [];
  const forms = [];
  try {
    await driver.run();
    for (let round = 0; round < rounds; round += 1) {
      forms.push(await sampled(pids, () => fire(stack.floor('form'), { seconds, connections })));
      flows.push(await sampled(pids, () => flowsFor(seconds, driver.run)));
    }
  } finally {
    await driver.close();
  }
  const flow = medianOf(flows, ({ perSecond }) => perSecond);
  const form = medianOf(forms, ({ perSecond }) => perSecond).perSecond;
  return {
    disturbedRounds: disturbedIn([...flows, ...forms]),
    result: {
      name: loginRowName,
      flowsPerSecond: Math.round(flow.perSecond),
      formPostPerSecond: Math.round(form),
      ratioToFormPost: Math.round((10_000 * flow.perSecond) / form) / 10_000,
      p50Ms: flow.p50Ms,
      p99Ms: flow.p99Ms,
    },
  };
}

async function flowsFor(seconds: number, run: () => Promise<void>) {
  const durationsMs: number[] = [];
  const endMs = performance.now() + seconds * 1000;
  const oneAfterAnother = async () => {
    while (performance.now() < endMs) {
      const startedMs = performance.now();
      await run();
      durationsMs.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, oneAfterAnother));
  const sorted = durationsMs.toSorted((left, right) => left - right);
  const at = (share: number) => Math.round(10 * (sorted[Math.floor(share * (sorted.length - 1))] ?? 0)) / 10;
  return { perSecond: durationsMs.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

export function printLogin(result: LoginResult): void {
  console.table([result]);
}
