/** Keeps the change log from growing for ever. */
import { createRepeatingWork, type RepeatingWork } from '../background/repeating-work.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logging/logger.ts';
import type { ChangeLog } from './log.ts';

/** A reader that has heard nothing for so long takes everything anew. */
const keptMs = 7 * 86_400_000;
const intervalMs = 3_600_000;

export function createForgetting(
  changes: ChangeLog,
  { now, log }: { now: Clock; log: Logger },
): RepeatingWork {
  return createRepeatingWork({
    log,
    intervalMs,
    longestPauseMs: intervalMs,
    round: async () => (await changes.forget(now() - keptMs)) > 0,
    failing: 'old changes could not be removed',
    recovered: 'old changes are removed again',
  });
}
