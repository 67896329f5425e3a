/** Works off what waits, also while another replica does the work. */
import { setTimeout as delay } from 'node:timers/promises';

interface WaitingWork {
  /** Does nothing while another replica holds the lock of the work. */
  round(): Promise<unknown>;
  /** Places of the first and the last that wait, in the order of the work; undefined: nothing waits. */
  oldest(): Promise<number | undefined>;
  newest(): Promise<number | undefined>;
  /** Message of the error if something still waits. */
  failing: string;
}

/** Resolves when nothing waits that waited at the call, whichever replica did it. @throws Error after a second */
export async function workOff({ round, oldest, newest, failing }: WaitingWork): Promise<void> {
  // A time of this process would not do: the clock that gave the places may be ahead of it.
  const until = await newest();
  if (until === undefined) return;
  for (let rounds = 0; rounds < 50; rounds += 1) {
    await round();
    const first = await oldest();
    if (first === undefined || first > until) return;
    await delay(20);
  }
  throw new Error(failing);
}
