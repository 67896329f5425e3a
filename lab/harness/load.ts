/** Sends the calls at their pace whatever the answers are, as callers do who do not know of each other. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Call } from './calls.ts';
import type { Record as LoadRecord } from './record.ts';

/** A load that stood still for longer does not make good for it. */
const longestLagMs = 1_000;

export function startLoad(calls: readonly Call[], record: LoadRecord) {
  const ending = new AbortController();
  const waiting = new Set<Promise<void>>();

  const send = async ({ kind, send: sendIt }: Call) => {
    const startedMs = performance.now();
    const sent = await sendIt();
    if (sent === undefined) return;
    const { answer, isRight } = sent;
    const { status, error, repeatedAfter } = answer;
    const endedMs = performance.now();
    record.sent.push({ kind, startedMs, endedMs, status, isRight, error, repeatedAfter });
  };
  const keepSending = async (call: Call) => {
    const own = new Set<Promise<void>>();
    const intervalMs = 1_000 / call.perSecond;
    let dueMs = performance.now();
    while (!ending.signal.aborted) {
      if (own.size < call.atOnce) {
        const sent = send(call).finally(() => {
          own.delete(sent);
          waiting.delete(sent);
        });
        own.add(sent);
        waiting.add(sent);
      }
      // By the clock: what a late timer left out is sent right after it.
      dueMs = Math.max(dueMs + intervalMs, performance.now() - longestLagMs);
      const pauseMs = Math.max(0, dueMs - performance.now());
      await wait(pauseMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const senders = calls.map(keepSending);

  return {
    async stop() {
      ending.abort();
      await Promise.all(senders);
      await Promise.all(waiting);
    },
  };
}

export const longestCalmWaitMs = 30_000;
const calmMs = 2_000;

/** The next disturbance must not be judged by leftovers of the one before. `least`: so many answers in the last seconds tell something. */
export async function isCalm(record: LoadRecord, least = 20): Promise<boolean> {
  for (const startMs = performance.now(); performance.now() - startMs < longestCalmWaitMs; await wait(100)) {
    const recent = record.sent.filter(({ startedMs }) => startedMs > performance.now() - calmMs);
    if (recent.length > least && recent.every(({ isRight }) => isRight)) return true;
  }
  return false;
}
