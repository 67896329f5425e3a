/** The row `burst`: a shift signs in from one address at two replicas that have just started, with the settings that an installation has by default. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { BenchStack, StackOptions } from '../bench-stack.ts';
import { targetOf } from '../login/sides.ts';
import { sampled } from '../samples.ts';
import { startColdReplicas } from './cold-replicas.ts';
import { type Burst, type BurstFigures, createCrowd } from './crowd.ts';

export const burstRowName = 'burst';
/** Most that the slowest of a hundred logins may take, of what they take in quiet. */
const p99Aim = 3;
const eventLoopAimMs = 50;

export const peak: Burst = { logins: 2_000, seconds: 10 };
export const shift: Burst = { logins: 20_000, seconds: 600 };
export const quiet: Burst = { logins: 200, seconds: 40 };

/** A share of the people in a share of the time: as many come in a second. */
export function partOf({ logins, seconds }: Burst, share: number): Burst {
  return { logins: Math.ceil(share * logins), seconds: share * seconds };
}

export interface BurstResult {
  name: typeof burstRowName;
  burst: Burst;
  secondsToReady: number;
  peak: BurstFigures;
  quiet: BurstFigures;
  /** Attempts that a lock or a limit of ours refused. */
  lockedOut: number;
  eventLoopP99Ms: Record<string, number>;
}

export function burstStack({ logins }: Burst): StackOptions {
  return { agents: logins, configServerAnswersAfterMs: 20, settings: {} };
}

export async function measureBurst(
  stack: BenchStack,
  burst: Burst,
  after: Burst,
): Promise<{ result: BurstResult; disturbedRounds: number }> {
  const replicas = await startColdReplicas(stack);
  const crowd = createCrowd({ ...targetOf(stack), serverOf: replicas.serverOf });
  const ownLoop = monitorEventLoopDelay();
  try {
    await replicas.eventLoopP99Ms();
    ownLoop.enable();
    const {
      isDisturbed,
      cpuSeconds: _,
      ...atPeak
    } = await sampled([...stack.pids, ...replicas.pids, process.pid], () => crowd.signIn(burst));
    const ofLoadGenerator = Math.round(ownLoop.percentile(99) / 1e5) / 10;
    const eventLoopP99Ms = {
      ...(await replicas.eventLoopP99Ms()),
      'the load generator': ofLoadGenerator,
    };
    const [locked, throttled] = await Promise.all(['account_locked', 'throttled'].map(replicas.signIns));
    return {
      disturbedRounds: isDisturbed ? 1 : 0,
      result: {
        name: burstRowName,
        burst,
        secondsToReady: Math.round(replicas.secondsToReady * 10) / 10,
        peak: atPeak,
        quiet: await crowd.signIn(after),
        lockedOut: (locked ?? 0) + (throttled ?? 0),
        eventLoopP99Ms,
      },
    };
  } finally {
    ownLoop.disable();
    await Promise.all([crowd.close(), replicas.stop()]);
  }
}

export function printBurst({ burst, secondsToReady, eventLoopP99Ms, ...result }: BurstResult): void {
  console.log(
    `${burst.logins} people within ${burst.seconds} s, from one address, at two replicas that were ready after ${secondsToReady} s:`,
  );
  const figuresOf = ({ signedIn, failed, p50Ms, p99Ms, allInAfterSeconds, refused }: BurstFigures) => ({
    'signed in': signedIn,
    failed: failed.logins,
    'p50 ms': p50Ms,
    'p99 ms': p99Ms,
    'all in after s': allInAfterSeconds,
    'answers 429': refused[429],
    'answers 503': refused[503],
    'Retry-After s': Object.values(refused.retryAfterSeconds).join(' / '),
    'most back in one second': refused.mostBackInOneSecond,
  });
  console.table({ peak: figuresOf(result.peak), quiet: figuresOf(result.quiet) });
  console.log('Retry-After: least / median / most.');
  if (result.peak.failed.logins > 0) console.log(`the first that failed: ${result.peak.failed.first}`);
  const grew = Math.round((100 * result.peak.p99Ms) / result.quiet.p99Ms) / 100;
  console.log(
    `p99 at the peak: ${grew} of that in quiet (aim ${p99Aim}); locked out: ${result.lockedOut} (must 0)`,
  );
  console.table(
    Object.entries(eventLoopP99Ms).map(([process, p99Ms]) => ({
      process,
      'event loop p99 ms': p99Ms,
      aim: eventLoopAimMs,
    })),
  );
}
