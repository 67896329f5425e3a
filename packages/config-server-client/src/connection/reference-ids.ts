/** Reference ids of one connection: allocation, and what an id that nobody waits for means. */

const highestId = 0xffff_ffff;
const tombstonesKept = 4_096;

export class ReferenceIds {
  #last: number;
  #wrapped = false;
  readonly #tombstones = new Set<number>();

  constructor(last = 0) {
    this.#last = last;
  }

  /** The next id that is neither 0, nor in flight, nor abandoned a short while ago. */
  next(isInFlight: (id: number) => boolean): number {
    do {
      if (this.#last === highestId) {
        this.#last = 0;
        this.#wrapped = true;
      }
      this.#last += 1;
    } while (isInFlight(this.#last) || this.#tombstones.has(this.#last));
    return this.#last;
  }

  /** Remembers an id whose caller gave up, so that its late answer is known as such. */
  abandon(id: number): void {
    this.#tombstones.add(id);
    if (this.#tombstones.size <= tombstonesKept) return;
    // Sets iterate in order of insertion: the first one is the oldest.
    for (const oldest of this.#tombstones) {
      this.#tombstones.delete(oldest);
      break;
    }
  }

  /** `late`: abandoned or already answered; `unknown`: never sent on this connection. */
  classify(id: number): 'late' | 'unknown' {
    if (this.#tombstones.has(id)) return 'late';
    return id !== 0 && (this.#wrapped || id <= this.#last) ? 'late' : 'unknown';
  }
}
