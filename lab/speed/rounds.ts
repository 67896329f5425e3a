/** Lets contestants take turns, and takes the medians of the rounds that nobody else on the machine disturbed. */
import { cpuTimes, foreignShare } from './machine.ts';

/** The work of a contestant in one round. */
export interface Round {
  /** Requests or logins. */
  count: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

export interface Contestant {
  /** The processes that do the work, each with its children. */
  pids: readonly number[];
  /** Before each round, unmeasured. */
  prepare?(): Promise<void>;
  run(): Promise<Round>;
}

/** Medians of the undisturbed rounds, or of all when there is none. */
export interface Figures {
  perSecond: number;
  /** Of the round with the median rate. */
  p50Ms: number;
  p99Ms: number;
  /** CPU time of the contestant's processes for one request or login; steadier than the clock when others use the machine. 0 without /proc. */
  cpuUs: number;
  /** Others disturbed every round. */
  isHint: boolean;
}

interface Taken extends Round {
  cpuUs: number;
  isDisturbed: boolean;
}

/** More of a core than this taken by others makes a round count as disturbed. */
const disturbedShare = 0.15;

/** Each contestant once in each round, in this order. `pids`: the processes of the bench, each with its children: they disturb nobody. */
export async function inTurns<All extends Record<string, Contestant | undefined>>(
  contestants: All,
  rounds: number,
  pids: readonly number[],
) {
  const taken = new Map<string, Taken[]>();
  for (let round = 0; round < rounds; round += 1)
    for (const [name, contestant] of Object.entries(contestants)) {
      if (contestant === undefined) continue;
      await contestant.prepare?.();
      const one = await take(contestant, pids);
      if (one.count === 0) throw new Error(`${name} answered nothing in a whole round`);
      taken.set(name, [...(taken.get(name) ?? []), one]);
    }
  const all = [...taken.values()].flat();
  return {
    figures: Object.fromEntries([...taken].map(([name, own]) => [name, figuresOf(own)])) as {
      [Name in keyof All]: All[Name] extends Contestant ? Figures : Figures | undefined;
    },
    rounds: all.length,
    disturbedRounds: all.filter(({ isDisturbed }) => isDisturbed).length,
  };
}

async function take(contestant: Contestant, pids: readonly number[]): Promise<Taken> {
  const startedMs = performance.now();
  const [before, ownBefore] = [cpuTimes(pids), cpuTimes(contestant.pids)];
  const round = await contestant.run();
  const seconds = (performance.now() - startedMs) / 1000;
  const [after, ownAfter] = [cpuTimes(pids), cpuTimes(contestant.pids)];
  const spent = ownBefore && ownAfter ? ownAfter.ours - ownBefore.ours : 0;
  return {
    ...round,
    cpuUs: (10_000 * spent) / round.count,
    isDisturbed: foreignShare(before, after, seconds) > disturbedShare,
  };
}

function figuresOf(taken: readonly Taken[]): Figures {
  const clean = taken.filter(({ isDisturbed }) => !isDisturbed);
  const medianBy = (by: (round: Taken) => number) => {
    const sorted = (clean.length > 0 ? clean : taken).toSorted((left, right) => by(left) - by(right));
    return sorted[Math.floor(sorted.length / 2)] as Taken;
  };
  const { perSecond, p50Ms, p99Ms } = medianBy((round) => round.perSecond);
  const { cpuUs } = medianBy((round) => round.cpuUs);
  return { perSecond, p50Ms, p99Ms, cpuUs, isHint: clean.length === 0 };
}

/** To so many places behind the point. */
export function rounded(value: number, places = 2): number {
  return Math.round(value * 10 ** places) / 10 ** places;
}
