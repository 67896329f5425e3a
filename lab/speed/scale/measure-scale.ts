/** The row `scale`: what a request costs in an installation that has grown, beside a small one; what a token weighs; and a cold start. */
import { Redis } from 'ioredis';
import { agentPassword, userNameOf } from '../agents-seed.ts';
import { type BenchStack, startBenchStack } from '../bench-stack.ts';
import { type Growth, measureGrowth, printGrowth, type Sides } from '../growth.ts';
import { fire, type LoadPlan } from '../load.ts';
import { flowsOf, loginsFor } from '../login/compare-logins.ts';
import { targetOf } from '../login/sides.ts';
import { createLoginDriver } from '../login/whole-login.ts';
import type { MeasureOptions } from '../measure.ts';
import { assertionForm, exchangeForm, jwtBearerRow, tokenExchangeRow } from '../rows/assertions.ts';
import { introspection, introspectRow } from '../rows/introspect.ts';
import { formOf, madeAnew, type Row, tokenRequest } from '../rows/row.ts';
import { startReplica } from '../scale-out/replicas.ts';
import { type Filled, fill, type Scale, scaleOf, type Weights } from './fill.ts';

export const scaleRowName = 'scale';

/** A thousandth of what the large installation holds at its full size. */
export const smallSize = scaleOf(0.001);

/** A cold start: most seconds until a replica is ready. */
const readyAimSeconds = 5;
const coldStarts = 3;

export interface ScaleResult {
  name: typeof scaleRowName;
  sizes: Sides<Scale>;
  growth: Growth[];
  bytes: Weights;
  /** Seconds until each replica was ready. */
  coldStarts: Record<string, number[]>;
}

/** `small`: with the people of `smallSize`. `rows`: those of one request each; a whole login by the pages is added. */
export async function measureScale(
  small: BenchStack,
  rows: readonly Row[],
  largeSize: Scale,
  options: MeasureOptions,
): Promise<{ result: ScaleResult; disturbedRounds: number }> {
  const sizes = { small: smallSize, large: largeSize };
  const large = await startBenchStack(small.chains, { agents: largeSize.persons });
  const stacks = { small, large };
  try {
    // Writes to the disk in the background are not compared.
    for (const stack of [small, large]) await keepInMemory(stack);
    console.log('  filling the stores …');
    const filled = { small: await fill(small, sizes.small), large: await fill(large, sizes.large) };
    const requireAll = async () => {
      for (const side of ['small', 'large'] as const) await requireActive(stacks[side], filled[side]);
    };
    await requireAll();
    const growth: Growth[] = [];
    let disturbedRounds = 0;
    const measureOne = async (row: string, runs: Parameters<typeof measureGrowth>[2]) => {
      const measured = await measureGrowth(row, stacks, runs, options);
      disturbedRounds += measured.disturbedRounds;
      growth.push(measured.growth);
    };
    for (const row of rows) {
      const planOf = (side: keyof typeof stacks) =>
        atRandom[row.name]?.(stacks[side], filled[side], sizes[side]) ?? row.plan(stacks[side]);
      const plans = { small: await planOf('small'), large: await planOf('large') };
      await measureOne(row.name, {
        small: (seconds) => fire(plans.small, { ...options, seconds }),
        large: (seconds) => fire(plans.large, { ...options, seconds }),
      });
    }
    const drivers = { small: driverOf(small), large: driverOf(large) };
    const logins = (side: keyof typeof drivers) => (seconds: number) =>
      flowsOf(
        loginsFor(seconds, () => {
          const username = randomPerson(sizes[side]);
          const { tenant } = stacks[side].user;
          return drivers[side].open({ username, password: agentPassword, tenant }).signIn();
        }),
      );
    await measureOne('login by the pages', { small: logins('small'), large: logins('large') });
    await Promise.all([drivers.small.close(), drivers.large.close()]);
    await requireAll();
    const ready = {
      'Auth API, small': await startOften(small.serverPid),
      'Auth API, large': await startOften(large.serverPid),
      'Environment API, large': await startOften(large.services['environment-api'].pid),
    };
    return {
      disturbedRounds,
      result: { name: scaleRowName, sizes, growth, bytes: filled.large.weights, coldStarts: ready },
    };
  } finally {
    await large.stop();
  }
}

/** The answer about a token that is not there would be measured as well. */
async function requireActive(stack: BenchStack, { personTokens, clientTokens }: Filled): Promise<void> {
  for (const token of [personTokens[0], clientTokens[0]]) {
    const { url, headers } = introspection(stack, undefined);
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ token: token ?? '' }),
    });
    const { active } = (await answer.json()) as { active?: boolean };
    if (active !== true) throw new Error('a token that was filled in is not active');
  }
}

/**
 * The rows whose requests are about a token or a person. Introspections ask about all tokens. An exchange, an assertion and a login
 * leave something behind that changes the cost of the next one for the same subject or person. So both installations are asked
 * about the same number of subjects and people, which the large one spreads over all that it has.
 */
const atRandom: Record<string, (stack: BenchStack, filled: Filled, size: Scale) => LoadPlan> = {
  [introspectRow.name]: (stack, { personTokens, clientTokens }) => {
    const tokens = [personTokens, clientTokens];
    return introspection(
      stack,
      madeAnew(() => formOf({ token: oneOf(oneOf(tokens)) })),
    );
  },
  [tokenExchangeRow.name]: (stack, { personTokens }) => {
    const subjects = spread(personTokens, smallSize.tokens / 2);
    return tokenRequest(
      stack,
      stack.authorization,
      madeAnew(() => exchangeForm(oneOf(subjects))),
    );
  },
  [jwtBearerRow.name]: (stack, _filled, size) =>
    tokenRequest(
      stack,
      stack.authorization,
      madeAnew(() => assertionForm(stack, randomPerson(size))),
    ),
};

function oneOf<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)] as T;
}

/** So many of them, as far from each other as possible. */
function spread<T>(values: readonly T[], count: number): T[] {
  return Array.from(
    { length: count },
    (_, index) => values[Math.floor((index * values.length) / count)] as T,
  );
}

function randomPerson({ persons }: Scale): string {
  const step = persons / smallSize.persons;
  return userNameOf(Math.floor(step * Math.floor(Math.random() * smallSize.persons)));
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

export function printScale({ sizes, growth, bytes, coldStarts: starts }: ScaleResult): void {
  for (const [side, size] of Object.entries(sizes)) {
    const parts = Object.entries(size).map(([name, count]) => `${name} ${count}`);
    console.log(`${side}: ${parts.join(', ')}`);
  }
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
