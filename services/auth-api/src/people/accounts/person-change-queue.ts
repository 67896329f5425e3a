/**
 * Applies the changes that one environment's server reports in order and at a bounded pace: each costs writes that all
 * environments share, and the server alone decides how many it reports.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { PersonChange } from '@gatehouse/people-directory';
import type { Logger } from '@gatehouse/service-kit/observability';
import { untilDone } from '../../core/until-done.ts';

export type EndingChange =
  | Exclude<PersonChange, { kind: 'created' | 'updated' }>
  | (Extract<PersonChange, { kind: 'updated' }> & { heardAtMs: number });

export interface PersonChangeQueueOptions {
  /** `keepPace` is awaited before each further write of one change. */
  apply(change: EndingChange, keepPace: () => Promise<void>): Promise<void>;
  log: Logger;
  signal: AbortSignal;
}

const retry = { firstRetryMs: 500, maxRetryMs: 30_000 };
/** An administrator who disables a whole shift does not wait. */
const burst = 500;
const perSecond = 20;
/** Eight minutes at the pace above. */
const maxWaiting = 10_000;

export function createPersonChangeQueue({ apply, log, signal }: PersonChangeQueueOptions) {
  let waiting: EndingChange[] = [];
  let isWorking = false;
  let owesResync = false;
  let isReadingAll = false;
  let credit = burst;
  let creditAtMs = performance.now();

  const keepPace = async () => {
    const nowMs = performance.now();
    credit = Math.min(burst, credit + ((nowMs - creditAtMs) * perSecond) / 1_000) - 1;
    creditAtMs = nowMs;
    if (credit < 0) await delay((-credit * 1_000) / perSecond, undefined, { signal }).catch(() => undefined);
  };

  const applyUntilDone = (change: EndingChange) =>
    untilDone(() => apply(change, keepPace), {
      ...retry,
      log,
      signal,
      failing: 'a change of a person could not be applied',
    });

  const work = async () => {
    if (isWorking) return;
    isWorking = true;
    while (waiting.length > 0 && !signal.aborted) {
      const batch = waiting;
      waiting = [];
      for (const change of batch) {
        await keepPace();
        await applyUntilDone(change);
      }
    }
    isWorking = false;
  };

  /** Beside the single changes: a server that cannot be read must not hold those back. Many gaps need one look. */
  const readAll = async () => {
    owesResync = true;
    if (isReadingAll) return;
    isReadingAll = true;
    while (owesResync && !signal.aborted) {
      owesResync = false;
      await applyUntilDone({ kind: 'resync' });
    }
    isReadingAll = false;
  };

  return (change: EndingChange): void => {
    if (change.kind === 'resync') return void readAll();
    if (waiting.length >= maxWaiting) {
      log.warn({ maxWaiting }, 'a Configuration Server reports more changes of persons than can be followed');
      waiting = [];
      return void readAll();
    }
    waiting.push(change);
    void work();
  };
}
