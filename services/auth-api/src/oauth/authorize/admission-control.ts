/** Admits what begins while this process keeps up, and tells the rest when to come back, one after the other. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { AppError } from '@gatehouse/service-kit/errors';

const resolutionMs = 10;
/** Short enough that what is let in meanwhile is worked off soon; long enough that a pause of the garbage collection closes nothing. */
const sampleMs = 100;
/** Get in although it is busy: the work may be that of others on the same machine, and they must not keep everybody out. */
const leastPerSecond = 10;
/** How much the rate changes with each sample: carefully up, because what was let in is still to be worked off. */
const [up, down] = [1.05, 0.7];
/** After the last busy sample the rate counts for so long: otherwise all who wait would get in at the first pause. */
const crowdedMs = 3_000;
const firstReturnMs = 1_000;
const longestReturnMs = 60_000;

export type AdmissionControl = ReturnType<typeof createAdmissionControl>;

export interface AdmissionControlOptions {
  /** Mean time between two turns of the event loop from which on it is busy; 0: everybody is always admitted. */
  busyDelayMs: number;
  /** That time since the last call. */
  readDelayMs?: () => number;
  /** Of a clock that is never set. */
  nowMs?: () => number;
}

export function createAdmissionControl({
  busyDelayMs,
  readDelayMs = busyDelayMs > 0 ? measureDelay() : () => 0,
  nowMs = () => performance.now(),
}: AdmissionControlOptions) {
  let sampledAtMs = nowMs();
  let crowdedUntilMs = Number.NEGATIVE_INFINITY;
  let perSecond = leastPerSecond;
  /** The number of requests that may still get in now, by the rate. */
  let places = 0;
  let admitted = 0;
  let lastReturnMs = 0;

  function sample(now: number): void {
    const elapsedMs = now - sampledAtMs;
    if (elapsedMs < sampleMs) return;
    const wasCrowded = now < crowdedUntilMs;
    const isBusy = readDelayMs() >= busyDelayMs;
    if (isBusy) crowdedUntilMs = now + crowdedMs;
    const before = wasCrowded ? perSecond : (1_000 * admitted) / elapsedMs;
    perSecond = Math.max(leastPerSecond, before * (isBusy ? down : up));
    // No more than those of a sample: after a second without anybody they would all come at once.
    const placesOfSample = Math.max(1, (perSecond * sampleMs) / 1_000);
    places = Math.min(placesOfSample, places + (perSecond * elapsedMs) / 1_000);
    admitted = 0;
    sampledAtMs = now;
  }

  function isAdmitted(now: number): boolean {
    if (now >= crowdedUntilMs) return true;
    if (places < 1) return false;
    places -= 1;
    return true;
  }

  /** Each comes back after the one before, as fast as people get in. After a minute they begin anew. */
  function returnAfterMs(now: number): number {
    lastReturnMs += 1_000 / perSecond;
    if (lastReturnMs < now + firstReturnMs || lastReturnMs > now + longestReturnMs)
      lastReturnMs = now + firstReturnMs;
    return lastReturnMs - now;
  }

  return {
    /** @throws AppError (503) */
    enter(): void {
      if (busyDelayMs === 0) return;
      const now = nowMs();
      sample(now);
      if (isAdmitted(now)) {
        admitted += 1;
        return;
      }
      const retryAfterSeconds = Math.ceil(returnAfterMs(now) / 1_000);
      const text = `Many people are signing in at this moment; it goes on here in ${retryAfterSeconds} seconds`;
      throw new AppError('temporarily_unavailable', 503, text, {
        retryAfterSeconds,
        comesBackByItself: true,
        detail: `a turn of the event loop takes ${busyDelayMs} ms or more`,
      });
    },
  };
}

/** libuv counts the turns, so none of our code runs for each of them. */
function measureDelay(): () => number {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  const read = () => ({ turns: histogram.count, ns: histogram.count * (histogram.mean || 0) });
  let last = read();
  return () => {
    // Never reset: the first turn after it would not count.
    const now = read();
    const meanMs = (now.ns - last.ns) / (now.turns - last.turns) / 1e6;
    last = now;
    // Without a turn all this time.
    return Number.isNaN(meanMs) ? Number.POSITIVE_INFINITY : meanMs;
  };
}
