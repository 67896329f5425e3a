/** Works off what waits, also while another replica does the work. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.ts';

interface WaitingWork {
  now: Clock;
  /** Does nothing while another replica holds the lock of the work. */
  round(): Promise<unknown>;
  /** When the oldest that waits began to wait; undefined: nothing waits. */
  oldestMs(): Promise<number | undefined>;
  /** Message of the error if something still waits. */
  failing: string;
}

/** Resolves when nothing waits that waited at the call, whichever replica did it. @throws Error after a second */
export async function workOff({ now, round, oldestMs, failing }: WaitingWork): Promise<void> {
  const untilMs = now();
  for (let rounds = 0; rounds < 50; rounds += 1) {
    await round();
    const oldest = await oldestMs();
    if (oldest === undefined || oldest > untilMs) return;
    await delay(20);
  }
  throw new Error(failing);
}
