/** Repeats logins, a few at once: for some seconds, or until none is left. */
import { percentile } from '../../harness/percentile.ts';
import { type Figures, type Round, rounded } from '../rounds.ts';

/** Begins the next flow; undefined when the round is over. */
type NextFlow = () => Promise<unknown> | undefined;

/** Three attempts on one account are made at once; further ones would wait for their answers. */
export const concurrency = 3;

/**
 * Logins at each server before the measurement. It is a number and no time, because a busy machine gets to fewer in the same time.
 * The first two hundred logins cost twice as much as those after a thousand: their hot parts are not compiled yet. After 600 a
 * login still became cheaper. The last tier of V8 compiles code that runs once for each page at some 10 000 pages, which is in one
 * or two of the rounds.
 */
const warmUpFlows = 2_000;

export async function warmUp(flow: () => Promise<unknown>): Promise<void> {
  let left = warmUpFlows;
  await flowsOf(() => (left-- > 0 ? flow() : undefined));
}

export function flowsFor(
  seconds: number,
  flow: () => Promise<unknown>,
  atOnce = concurrency,
): Promise<Round> {
  const endMs = performance.now() + seconds * 1000;
  return flowsOf(() => (performance.now() < endMs ? flow() : undefined), atOnce);
}

export async function flowsOf(next: NextFlow, atOnce = concurrency): Promise<Round> {
  const durationsMs: number[] = [];
  const startMs = performance.now();
  const oneAfterAnother = async () => {
    for (;;) {
      const startedMs = performance.now();
      const flow = next();
      if (flow === undefined) return;
      await flow;
      durationsMs.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, oneAfterAnother));
  const at = (share: number) => rounded(percentile(durationsMs, share));
  const perSecond = (1000 * durationsMs.length) / (performance.now() - startMs);
  return { count: durationsMs.length, perSecond, p50Ms: at(0.5), p99Ms: at(0.99) };
}

export function perFlow({ perSecond, cpuUs, p50Ms, p99Ms }: Figures) {
  return { perSecond: rounded(perSecond), cpuMsPerFlow: rounded(cpuUs / 1000), p50Ms, p99Ms };
}
