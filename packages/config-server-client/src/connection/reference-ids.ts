/** Allocates the reference ids of one connection, and tells late answers from answers to unknown requests. */

const maxId = 0xffff_ffff;
const tombstonesKept = 4_096;

export class ReferenceIds {
  #last: number;
  #wrapped = false;
  readonly #tombstones = new Set<number>();

  constructor(last = 0) {
    this.#last = last;
  }

  /** The next id that is neither 0, nor in flight, nor abandoned recently. */
  next(isInFlight: (id: number) => boolean): number {
    do {
      if (this.#last === maxId) {
        this.#last = 0;
        this.#wrapped = true;
      }
      this.#last += 1;
    } while (isInFlight(this.#last) || this.#tombstones.has(this.#last));
    return this.#last;
  }

  /** Remembers an id whose caller gave up, so that its answer counts as late. */
  abandon(id: number): void {
    this.#tombstones.add(id);
    if (this.#tombstones.size <= tombstonesKept) return;
    // A set iterates in order of insertion.
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
