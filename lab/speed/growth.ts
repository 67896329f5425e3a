/** Compares what a request costs in a small installation and in a large one: rounds of both in turn, by the CPU time of their servers. */
import type { BenchStack } from './bench-stack.ts';
import type { LoadResult } from './load.ts';
import { disturbedIn, middleOf, percentile, rounded, type Sample, sampled } from './samples.ts';

/** Most that the cost of a request may grow by. */
export const growthAim = 1.1;

export interface Growth {
  row: string;
  /** Of all processes of the installation: services, Redis, PostgreSQL. */
  smallCpuUs: number;
  largeCpuUs: number;
  /** Median of the rounds, each compared with the one beside it. */
  costGrewBy: number;
  /** The bounds of the middle half of them. */
  lowerQuartile: number;
  upperQuartile: number;
  smallP99Ms: number;
  largeP99Ms: number;
}

export type Sides<T> = Record<'small' | 'large', T>;
type Round = Sample<LoadResult>;

/**
 * Rounds are short, so that other work on the machine meets both sides of a pair alike. Two equal installations were compared
 * beside other work: the median of 24 rounds of a second was 1.01 to 1.03, and that of three rounds of five went to 1.4.
 */
const roundSeconds = 1;
type Runs = Sides<(seconds: number) => Promise<LoadResult>>;

/** `runs`: the same requests for so many seconds, at each of them; in the time that is given they take turns. */
export async function measureGrowth(
  row: string,
  stacks: Sides<BenchStack>,
  runs: Runs,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<{ growth: Growth; disturbedRounds: number }> {
  console.log(`  ${row} …`);
  const pids = [...stacks.small.pids, ...stacks.large.pids, process.pid];
  const oneOf = (side: keyof Runs) =>
    sampled(pids, () => runs[side](roundSeconds), stacks[side].installationPids);
  // Until the code is compiled, and the caches hold what they will.
  for (const side of ['small', 'large'] as const) await runs[side](seconds);
  const pairs: Sides<Round>[] = [];
  for (let round = 0; round < (rounds * seconds) / roundSeconds; round += 1) {
    // Each goes first every other time: a machine that slows down in the meantime favours neither.
    if (round % 2 === 0) {
      const small = await oneOf('small');
      pairs.push({ small, large: await oneOf('large') });
    } else {
      const large = await oneOf('large');
      pairs.push({ small: await oneOf('small'), large });
    }
  }
  const cpuUs = ({ cpuSeconds, perSecond }: Round) => (1e6 * cpuSeconds) / (perSecond * roundSeconds);
  const ratios = pairs.map(({ small, large }) => cpuUs(large) / cpuUs(small));
  const medianAt = (side: keyof Runs, of: (round: Round) => number) =>
    middleOf(pairs.map((pair) => of(pair[side])));
  return {
    disturbedRounds: disturbedIn(pairs.flatMap(({ small, large }) => [small, large])),
    growth: {
      row,
      smallCpuUs: Math.round(medianAt('small', cpuUs)),
      largeCpuUs: Math.round(medianAt('large', cpuUs)),
      costGrewBy: rounded(middleOf(ratios)),
      lowerQuartile: rounded(percentile(ratios, 0.25)),
      upperQuartile: rounded(percentile(ratios, 0.75)),
      smallP99Ms: medianAt('small', ({ p99Ms }) => p99Ms),
      largeP99Ms: medianAt('large', ({ p99Ms }) => p99Ms),
    },
  };
}

export function printGrowth(growths: readonly Growth[]): void {
  console.table(
    growths.map((growth) => ({
      row: growth.row,
      'small CPU us': growth.smallCpuUs,
      'large CPU us': growth.largeCpuUs,
      'cost grew by': growth.costGrewBy,
      'in half of the rounds': `${growth.lowerQuartile} to ${growth.upperQuartile}`,
      aim: growthAim,
      'small p99 ms': growth.smallP99Ms,
      'large p99 ms': growth.largeP99Ms,
    })),
  );
}
