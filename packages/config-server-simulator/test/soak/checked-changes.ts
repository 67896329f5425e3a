/** Changes whose names count up: in order, none twice, and whenever some are missing a resync says so, before or soon. */
import type { PersonChange } from '@gatehouse/config-server-client/backend';

/** The harness lets a resync come some milliseconds late; the machine gets the rest. */
const resyncWithinMs = 2_000;

export class CheckedChanges {
  written = 0;
  readonly violations: string[] = [];
  #received = 0;
  #resyncs = 0;
  #gaps = 0;
  #last = 0;
  /** A resync came after the last change: what is missing before the next one was said already. */
  #isSaid = false;
  #gapSinceMs: number | undefined;

  take(change: PersonChange): void {
    if (change.kind === 'resync') {
      this.#resyncs += 1;
      this.#isSaid = true;
      this.#gapSinceMs = undefined;
      return;
    }
    this.#received += 1;
    const number = change.kind === 'updated' ? Number(change.delta.set.lastName) : Number.NaN;
    if (!(number > this.#last)) this.violations.push(`${number} after ${this.#last}`);
    if (this.#last > 0 && number > this.#last + 1) {
      this.#gaps += 1;
      if (!this.#isSaid) this.#gapSinceMs ??= performance.now();
    }
    this.#isSaid = false;
    if (this.#gapSinceMs !== undefined && performance.now() - this.#gapSinceMs > resyncWithinMs) {
      this.violations.push(`no resync for what is missing before ${number}`);
      this.#gapSinceMs = undefined;
    }
    this.#last = number;
  }

  /** The last one that was written has come, and nothing is missing that was not said to be. */
  get isComplete(): boolean {
    return this.#last === this.written && this.#gapSinceMs === undefined;
  }

  get figures() {
    return { written: this.written, received: this.#received, gaps: this.#gaps, resyncs: this.#resyncs };
  }
}
