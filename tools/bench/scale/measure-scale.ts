/** The row `scale`: what a request costs in an installation that has grown, beside a small one; what a token weighs; and a cold start. */
import { Redis } from 'ioredis';
import { type BenchStack, startBenchStack } from '../bench-stack.ts';
import { type Growth, measureGrowth, printGrowth } from '../growth.ts';
import { fire } from '../load.ts';
import { flowsOf, loginsFor } from '../login/compare-logins.ts';
import { targetOf } from '../login/sides.ts';
import { createLoginDriver } from '../login/whole-login.ts';
import type { MeasureOptions } from '../measure.ts';
import type { Row } from '../rows/row.ts';
import { startReplica } from '../scale-out/replicas.ts';
import { fill, type Scale, type Weights } from './fill.ts';

export const scaleRowName = 'scale';

/** A cold start: most seconds until a replica is ready. */
const readyAimSeconds = 5;
const coldStarts = 3;

export interface ScaleResult {
  name: typeof scaleRowName;
  size: Scale;
  growth: Growth[];
  bytes: Weights;
  /** Seconds until each replica was ready. */
  coldStarts: Record<string, number[]>;
}

/** `rows`: those of one request each; a whole login by the pages is added. */
export async function measureScale(
  small: BenchStack,
  rows: readonly Row[],
  scale: Scale,
  options: MeasureOptions,
): Promise<{ result: ScaleResult; disturbedRounds: number }> {
  const large = await startBenchStack(small.chains, { agents: scale.persons });
  const stacks = { small, large };
  try {
    // What is written to disk in the background is not what is compared.
    for (const stack of [small, large]) await keepInMemory(stack);
    console.log('  filling the stores …');
    const bytes = await fill(large, scale);
    const growth: Growth[] = [];
    let disturbedRounds = 0;
    const measureOne = async (row: string, runs: Parameters<typeof measureGrowth>[2]) => {
      const measured = await measureGrowth(row, stacks, runs, options);
      disturbedRounds += measured.disturbedRounds;
      growth.push(measured.growth);
    };
    for (const row of rows) {
      const plans = { small: await row.plan(small), large: await row.plan(large) };
      await measureOne(row.name, {
        small: (seconds) => fire(plans.small, { ...options, seconds }),
        large: (seconds) => fire(plans.large, { ...options, seconds }),
      });
    }
    const drivers = { small: driverOf(small), large: driverOf(large) };
    await measureOne('login by the pages', {
      small: (seconds) => flowsOf(loginsFor(seconds, drivers.small)),
      large: (seconds) => flowsOf(loginsFor(seconds, drivers.large)),
    });
    await Promise.all([drivers.small.close(), drivers.large.close()]);
    const ready = {
      'Auth API, small': await startOften(small.serverPid),
      'Auth API, large': await startOften(large.serverPid),
      'Environment API, large': await startOften(large.services['environment-api'].pid),
    };
    return {
      disturbedRounds,
      result: { name: scaleRowName, size: scale, growth, bytes, coldStarts: ready },
    };
  } finally {
    await large.stop();
  }
}

function driverOf(stack: BenchStack) {
  return createLoginDriver(targetOf(stack), 3);
}

async function keepInMemory({ redisUrl }: BenchStack): Promise<void> {
  const redis = new Redis(redisUrl);
  await redis.config('SET', 'appendonly', 'no');
  redis.disconnect();
}

async function startOften(pid: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let started = 0; started < coldStarts; started += 1) {
    const replica = await startReplica(pid);
    seconds.push(Math.round(replica.secondsToReady * 10) / 10);
    await replica.stop();
  }
  return seconds;
}

export function printScale({ size, growth, bytes, coldStarts: starts }: ScaleResult): void {
  const parts = Object.entries(size).map(([name, count]) => `${name} ${count}`);
  console.log(`large: ${parts.join(', ')}:`);
  printGrowth(growth);
  console.log('bytes of Redis:');
  console.table(bytes);
  console.log('a cold start:');
  console.table(
    Object.entries(starts).map(([replica, seconds]) => ({
      replica,
      'seconds to ready': seconds.join(', '),
      aim: readyAimSeconds,
    })),
  );
}
