/**
 * One try of a name at a time: fifty at once must not get fifty tries before the lock falls. Of names that nobody has
 * as well: what is faster there would tell which ones exist.
 */
export class Turns {
  /** Who waits, by the name of whoever has the turn now. */
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Runs `work` when everybody before it under this name is done. */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) this.#waiting.set(name, []);
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.#passOn(name);
    }
  }

  /** Handed over, so that in between nobody else can take the turn. */
  #passOn(name: string): void {
    const next = this.#waiting.get(name)?.shift();
    if (next === undefined) this.#waiting.delete(name);
    else next();
  }
}
