/** Goes on with security events as they come: each once, none passed over, also when the service was away in between. */
import { setTimeout as pause } from 'node:timers/promises';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { NamedPerson, SecurityEvent, securityEventsAnswer } from '@gatehouse/contracts/auth-api';
import type { z } from 'zod';

export interface Follow {
  /** Events after a number, oldest first. @throws UpstreamError */
  find(after: number): Promise<z.output<typeof securityEventsAnswer>>;
  /** Told already. */
  shown: readonly SecurityEvent[];
  /** Where to begin when nothing was told yet. */
  after: number;
  /** `people`: the names of those in the events. */
  print(events: readonly SecurityEvent[], people: readonly NamedPerson[]): Promise<void>;
  note(sentence: string): void;
  pauseMs?: number;
  /** Numbers are given out before a transaction ends: one below what we have seen may still come within this time. */
  settleMs?: number;
}

const maxPauseMs = 10_000;

/** Never returns. @throws UpstreamError for what trying again would not help */
export async function followEvents(options: Follow): Promise<never> {
  const { find, shown, print, note, pauseMs = 1000, settleMs = 10_000 } = options;
  const seenAt = new Map(shown.map(({ seq }) => [seq, Date.now()]));
  let settled = Math.min(...shown.map(({ seq }) => seq - 1), Number.MAX_SAFE_INTEGER);
  if (shown.length === 0) settled = options.after;

  async function round(): Promise<void> {
    for (let after = settled; ; ) {
      const { data, people, nextCursor } = await find(after);
      const fresh = data.filter(({ seq }) => !seenAt.has(seq));
      if (fresh.length > 0) await print(fresh, people);
      for (const { seq } of fresh) seenAt.set(seq, Date.now());
      if (nextCursor === undefined) break;
      after = Number(nextCursor);
    }
    for (const [seq, atMs] of seenAt) if (atMs <= Date.now() - settleMs) settled = Math.max(settled, seq);
    for (const seq of seenAt.keys()) if (seq <= settled) seenAt.delete(seq);
  }

  for (let failures = 0; ; ) {
    try {
      await round();
      if (failures > 0) note('It answers again.');
      failures = 0;
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (failures === 0) note(`${error.message}: trying again until it does`);
      failures += 1;
    }
    await pause(Math.min(pauseMs * 2 ** Math.max(0, failures - 1), Math.max(maxPauseMs, pauseMs)));
  }
}

function isPassing(error: unknown): error is UpstreamError {
  if (!(error instanceof UpstreamError)) return false;
  return error.status === undefined || error.status === 429 || error.status >= 500;
}
