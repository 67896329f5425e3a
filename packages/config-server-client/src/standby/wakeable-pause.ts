/** Pauses between attempts; a wake-up ends the pause. */
import { type Clock, pause } from '../surroundings/clock.ts';

export class WakeablePause {
  readonly #clock: Clock;
  #wakeUp = new AbortController();
  #isWakeUpDue = false;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after `delayMs` (which may be infinite) or at `wake`; at once when `wake` came before. */
  async sleep(delayMs: number): Promise<void> {
    const isWakeUpDue = this.#isWakeUpDue;
    this.#isWakeUpDue = false;
    if (this.#isClosed || isWakeUpDue) return;
    this.#wakeUp = new AbortController();
    const { signal } = this.#wakeUp;
    if (Number.isFinite(delayMs)) await pause(this.#clock, delayMs, signal);
    else await aborted(signal);
    this.#isWakeUpDue = false;
  }

  /** Ends the pause; during an attempt, skips the next one. */
  wake(): void {
    this.#isWakeUpDue = true;
    this.#wakeUp.abort();
  }

  /** Drops a wake-up that is not needed any more. */
  forgetWakeUp(): void {
    this.#isWakeUpDue = false;
  }

  /** Ends the pause and all later ones. */
  close(): void {
    this.#isClosed = true;
    this.#wakeUp.abort();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
