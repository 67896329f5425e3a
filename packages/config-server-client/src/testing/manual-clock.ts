/** Implements a clock that moves only when a test advances it. */
import type { Clock, Timer } from '../surroundings/clock.ts';

interface Alarm {
  atMs: number;
  order: number;
  callback: () => void;
}

export class ManualClock implements Clock {
  #monotonicMs = 0;
  #wallMs: number;
  #alarms: Alarm[] = [];
  #order = 0;

  /** `startMs` is the wall clock's first value. */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#wallMs = startMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const alarm = { atMs: this.#monotonicMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#alarms.push(alarm);
    return {
      cancel: () => {
        this.#alarms = this.#alarms.filter((other) => other !== alarm);
      },
    };
  }

  /** Number of pending timers; 0 proves that none was left over. */
  get pendingTimers(): number {
    return this.#alarms.length;
  }

  /** Advances by `ms`: fires every timer at its time and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    await settle();
    for (let next = this.#nextBefore(endMs); next !== undefined; next = this.#nextBefore(endMs)) {
      this.#moveTo(next.atMs);
      this.#fire(next);
      await settle();
    }
    this.#moveTo(endMs);
    await settle();
  }

  /** Suspends the process for `ms`: timers that are due fire only afterwards, all at once. */
  async freeze(ms: number): Promise<void> {
    this.#moveTo(this.#monotonicMs + ms);
    await this.advance(0);
  }

  /** Moves the wall clock, as when it is set; timers are not affected. */
  jumpWallClock(ms: number): void {
    this.#wallMs += ms;
  }

  #nextBefore(endMs: number): Alarm | undefined {
    return this.#alarms
      .filter(({ atMs }) => atMs <= endMs)
      .sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
  }

  #fire(alarm: Alarm): void {
    this.#alarms = this.#alarms.filter((other) => other !== alarm);
    alarm.callback();
  }

  #moveTo(atMs: number): void {
    if (atMs <= this.#monotonicMs) return;
    this.#wallMs += atMs - this.#monotonicMs;
    this.#monotonicMs = atMs;
  }
}

/** Lets chains of promises and of setImmediate end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
