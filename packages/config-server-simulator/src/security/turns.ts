/**
 * One try of a name at a time: fifty at once must not get fifty tries before the lock falls. Of names that nobody has
 * as well: what is faster there would tell which ones exist.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `work` when everybody before it under this name is done. */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#last.get(name)?.then(work) ?? work();
    const settled = turn.catch(() => undefined);
    this.#last.set(name, settled);
    try {
      return await turn;
    } finally {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    }
  }
}
