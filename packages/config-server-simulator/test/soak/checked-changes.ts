/** Changes whose names count up: in order, none twice, and whenever some are missing a resync says so, before or soon. */
import type { PersonChange } from '@gatehouse/people-directory';

/** The harness lets a resync come some milliseconds late; the machine gets the rest. */
const resyncWithinMs = 2_000;
/** What came meanwhile is read first, and then handed on: after a pause of the whole process both are still to come. */
const turnsOfGrace = 10;

export class CheckedChanges {
  written = 0;
  readonly violations: string[] = [];
  #received = 0;
  #resyncs = 0;
  #gaps = 0;
  #last = 0;
  /** A resync came after the last change: what is missing before the next one was said already. */
  #isSaid = false;
  /** Numbers behind gaps that no resync has explained yet. */
  readonly #unexplained = new Set<number>();

  take(change: PersonChange): void {
    if (change.kind === 'resync') {
      this.#resyncs += 1;
      this.#isSaid = true;
      this.#unexplained.clear();
      return;
    }
    this.#received += 1;
    const number = change.kind === 'updated' ? Number(change.delta.set.lastName) : Number.NaN;
    if (!(number > this.#last)) this.violations.push(`${number} after ${this.#last}`);
    if (this.#last > 0 && number > this.#last + 1) {
      this.#gaps += 1;
      if (!this.#isSaid) this.#expectResync(number, this.#last);
    }
    this.#isSaid = false;
    this.#last = number;
  }

  #expectResync(number: number, last: number): void {
    this.#unexplained.add(number);
    setTimeout(async () => {
      for (let turn = 0; turn < turnsOfGrace; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
      if (this.#unexplained.delete(number))
        this.violations.push(`no resync for what is missing between ${last} and ${number}`);
    }, resyncWithinMs);
  }

  /** The last one that was written has come, and nothing is missing that was not said to be. */
  get isComplete(): boolean {
    return this.#last === this.written && this.#unexplained.size === 0;
  }

  get figures() {
    return { written: this.written, received: this.#received, gaps: this.#gaps, resyncs: this.#resyncs };
  }
}
