/** A clock that stands still until it is told to move: hours of reconnection in milliseconds of test. */
import type { Clock, Timer } from '../clock.ts';

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

  /** Timers that wait; 0 proves that nothing was left behind. */
  get pendingTimers(): number {
    return this.#alarms.length;
  }

  /** Moves on by `ms`, ringing every timer at its own time and letting promises settle in between. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    await settle();
    for (let next = this.#nextBefore(endMs); next !== undefined; next = this.#nextBefore(endMs)) {
      this.#moveTo(next.atMs);
      this.#ring(next);
      await settle();
    }
    this.#moveTo(endMs);
    await settle();
  }

  /** The process stood still for `ms`: timers that fell due ring only afterwards, all at once. */
  async freeze(ms: number): Promise<void> {
    this.#moveTo(this.#monotonicMs + ms);
    await this.advance(0);
  }

  /** The wall clock jumps, as when somebody sets it; timers do not care. */
  jumpWallClock(ms: number): void {
    this.#wallMs += ms;
  }

  #nextBefore(endMs: number): Alarm | undefined {
    return this.#alarms
      .filter(({ atMs }) => atMs <= endMs)
      .sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
  }

  #ring(alarm: Alarm): void {
    this.#alarms = this.#alarms.filter((other) => other !== alarm);
    alarm.callback();
  }

  #moveTo(atMs: number): void {
    if (atMs <= this.#monotonicMs) return;
    this.#wallMs += atMs - this.#monotonicMs;
    this.#monotonicMs = atMs;
  }
}

/** Lets chains of promises run out; a macrotask alone would do for most, several for long chains over setImmediate. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
