/** Delivers changes to listeners in order, a slice per turn of the event loop, and signals when too many wait. */

export interface DeliveryQueueOptions<T> {
  deliver(item: T): void;
  /** Called when more than `highBytes` wait, and again when less than a quarter of that waits. */
  onPressure(isHigh: boolean): void;
  highBytes?: number;
}

const sliceItems = 256;

export class DeliveryQueue<T> {
  readonly #options: DeliveryQueueOptions<T>;
  readonly #highBytes: number;
  #items: { item: T; bytes: number }[] = [];
  #head = 0;
  #bytes = 0;
  #isHigh = false;
  #isPlanned = false;

  constructor(options: DeliveryQueueOptions<T>) {
    this.#options = options;
    this.#highBytes = options.highBytes ?? 1024 * 1024;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** More than `highBytes` wait: the source should pause. */
  get isHigh(): boolean {
    return this.#isHigh;
  }

  push(item: T, bytes: number): void {
    this.#items.push({ item, bytes });
    this.#bytes += bytes;
    if (this.#bytes > this.#highBytes) this.#setPressure(true);
    this.#plan();
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#bytes = 0;
    this.#setPressure(false);
  }

  #plan(): void {
    if (this.#isPlanned || this.length === 0) return;
    this.#isPlanned = true;
    // One slice per turn, so that answers and keep-alive polls are served in between.
    setImmediate(() => {
      this.#isPlanned = false;
      this.#deliverSlice();
      this.#plan();
    });
  }

  #deliverSlice(): void {
    for (let count = 0; count < sliceItems && this.length > 0; count += 1) {
      const entry = this.#items[this.#head] as { item: T; bytes: number };
      this.#head += 1;
      this.#bytes -= entry.bytes;
      this.#options.deliver(entry.item);
    }
    if (this.#head > 1_024 || this.length === 0) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    if (this.#bytes < this.#highBytes / 4) this.#setPressure(false);
  }

  #setPressure(isHigh: boolean): void {
    if (this.#isHigh === isHigh) return;
    this.#isHigh = isHigh;
    this.#options.onPressure(isHigh);
  }
}
