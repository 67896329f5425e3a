/** Rounds of a bench: which of them others disturbed, and the median of those that count. */
import { cpuTimes, foreignShare } from './machine.ts';

export type Sample<Result> = Result & {
  isDisturbed: boolean;
  /** CPU time of the measured processes; 0 where /proc is absent. */
  cpuSeconds: number;
};

/** More of a core than this taken by others makes a round count as disturbed. */
const disturbedShare = 0.15;

/**
 * One round. `pids` are the processes that belong to the bench, each with its children; `measured` those whose CPU time is
 * wanted, all of them unless it is given.
 */
export async function sampled<Result extends object>(
  pids: readonly number[],
  run: () => Promise<Result>,
  measured?: readonly number[],
): Promise<Sample<Result>> {
  const startedMs = performance.now();
  const before = cpuTimes(pids);
  const measuredBefore = measured ? cpuTimes(measured) : before;
  const result = await run();
  const seconds = (performance.now() - startedMs) / 1000;
  const after = cpuTimes(pids);
  const measuredAfter = measured ? cpuTimes(measured) : after;
  return {
    ...result,
    isDisturbed: foreignShare(before, after, seconds) > disturbedShare,
    cpuSeconds: measuredBefore && measuredAfter ? (measuredAfter.ours - measuredBefore.ours) / 100 : 0,
  };
}

/** Of the undisturbed rounds, or of all when there is none. */
export function medianOf<Result>(
  samples: readonly Sample<Result>[],
  by: (sample: Sample<Result>) => number,
): Sample<Result> {
  const clean = samples.filter(({ isDisturbed }) => !isDisturbed);
  const sorted = [...(clean.length > 0 ? clean : samples)].sort((left, right) => by(left) - by(right));
  return sorted[Math.floor(sorted.length / 2)] as Sample<Result>;
}

export function disturbedIn(samples: readonly { isDisturbed: boolean }[]): number {
  return samples.filter(({ isDisturbed }) => isDisturbed).length;
}

/** The value that this share of them does not exceed; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}

/** The median of plain numbers; NaN of none. */
export function middleOf(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** To two places behind the point, for a table. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
