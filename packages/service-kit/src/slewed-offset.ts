/** Holds the difference between the time that is given out and the monotonic clock; a correction is added to it bit by bit. */

/**
 * Corrections are spread: ten milliseconds for each second. Time never goes back, so that nothing is issued before a not-before
 * that was given out earlier; and replicas that compare their times each second differ by ten milliseconds.
 */
export const slewRate = 1 / 100;

export function createSlewedOffset(startMs: number) {
  let offsetMs = startMs;
  /** The rest of a correction, and since when it is being added to the offset. */
  let gapMs = 0;
  let gapSinceMs = 0;

  return {
    at: (atMs: number) =>
      gapMs === 0
        ? offsetMs
        : offsetMs + Math.sign(gapMs) * Math.min(Math.abs(gapMs), slewRate * (atMs - gapSinceMs)),
    /** The offset when its correction is complete. */
    target: () => offsetMs + gapMs,
    /** At once; a correction under way ends. */
    set(ms: number): void {
      offsetMs = ms;
      gapMs = 0;
    },
    /** Bit by bit, from the offset that was set last. */
    approach(targetMs: number, sinceMs: number): void {
      gapMs = targetMs - offsetMs;
      gapSinceMs = sinceMs;
    },
  };
}
