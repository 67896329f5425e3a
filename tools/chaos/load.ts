/** Sends the calls at their pace whatever the answers are, as callers do who do not know of each other. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Call } from './calls.ts';
import type { Record as LoadRecord } from './record.ts';

export function startLoad(calls: readonly Call[], record: LoadRecord) {
  const ending = new AbortController();
  const waiting = new Set<Promise<void>>();

  const send = async ({ kind, send: sendIt }: Call) => {
    const startedMs = performance.now();
    const { answer, isRight } = await sendIt();
    record.sent.push({ kind, startedMs, endedMs: performance.now(), status: answer.status, isRight });
  };
  const keepSending = async (call: Call) => {
    const own = new Set<Promise<void>>();
    while (!ending.signal.aborted) {
      if (own.size < call.atOnce) {
        const sent = send(call).finally(() => {
          own.delete(sent);
          waiting.delete(sent);
        });
        own.add(sent);
        waiting.add(sent);
      }
      await wait(1_000 / call.perSecond, undefined, { signal: ending.signal }).catch(() => undefined);
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

/** What one disturbance left must not count for the next. */
export async function isCalm(record: LoadRecord): Promise<boolean> {
  for (const startMs = performance.now(); performance.now() - startMs < longestCalmWaitMs; await wait(100)) {
    const recent = record.sent.filter(({ startedMs }) => startedMs > performance.now() - calmMs);
    if (recent.length > 20 && recent.every(({ isRight }) => isRight)) return true;
  }
  return false;
}
