/** Sends bytes: gathers them into few writes, and holds them back while the socket is full. */
import type { Duplex } from 'node:stream';

export class Parcel {
  readonly bytes: Uint8Array;
  readonly onWritten: (() => void) | undefined;
  readonly #onCancelled: (parcel: Parcel) => void;
  state: 'queued' | 'written' | 'cancelled' = 'queued';

  constructor(bytes: Uint8Array, onWritten: (() => void) | undefined, onCancelled: (parcel: Parcel) => void) {
    this.bytes = bytes;
    this.onWritten = onWritten;
    this.#onCancelled = onCancelled;
  }

  /** Has no effect after the bytes were written. */
  cancel(): void {
    if (this.state !== 'queued') return;
    this.state = 'cancelled';
    this.#onCancelled(this);
  }
}

/** So many parcels are written before the end of the turn: fewer would cost more system calls, more would keep the peer idle. */
const parcelsPerWrite = 4;
/** Up to this size copying is cheaper than writing many pieces. */
const maxCopiedBytes = 64 * 1024;

export class Outbox {
  readonly #socket: Duplex;
  #queue: Parcel[] = [];
  #queuedBytes = 0;
  #isFlushPlanned = false;
  #isBlocked = false;
  #isEnded = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('drain', () => {
      this.#isBlocked = false;
      this.#flush();
    });
  }

  /** Bytes that the operating system has not taken yet. */
  get pendingBytes(): number {
    return this.#queuedBytes + this.#socket.writableLength;
  }

  /** Queues the bytes. `onWritten` runs before they go to the socket: from then on they may reach the peer. */
  send(bytes: Uint8Array, onWritten?: () => void): Parcel {
    const parcel = new Parcel(bytes, onWritten, this.#cancelled);
    if (this.#isEnded) return parcel;
    this.#queue.push(parcel);
    this.#queuedBytes += bytes.length;
    if (this.#queue.length >= parcelsPerWrite) this.#flush();
    else this.#planFlush();
    return parcel;
  }

  /** Sends ahead of everything queued; for polls and their answers. */
  sendNow(bytes: Uint8Array): void {
    if (!this.#isEnded) this.#socket.write(bytes);
  }

  /** Drops what is queued and sends nothing more. */
  end(): void {
    this.#isEnded = true;
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  readonly #cancelled = ({ bytes }: Parcel) => {
    if (!this.#isEnded) this.#queuedBytes -= bytes.length;
  };

  #planFlush(): void {
    if (this.#isFlushPlanned || this.#isBlocked) return;
    this.#isFlushPlanned = true;
    setImmediate(this.#flushPlannedNow);
  }

  readonly #flushPlannedNow = () => {
    this.#isFlushPlanned = false;
    this.#flush();
  };

  #flush(): void {
    while (!this.#isEnded && !this.#isBlocked && this.#queue.length > 0) {
      const batch = this.#takeBatch();
      if (batch.length > 0 && !this.#socket.write(batch)) this.#isBlocked = true;
    }
  }

  /** The next parcels in one piece, up to the size that is copied. A big parcel goes alone. */
  #takeBatch(): Uint8Array {
    const taken: Uint8Array[] = [];
    let bytes = 0;
    let count = 0;
    for (const parcel of this.#queue) {
      if (bytes > 0 && bytes + parcel.bytes.length > maxCopiedBytes) break;
      count += 1;
      if (parcel.state === 'cancelled') continue;
      parcel.state = 'written';
      taken.push(parcel.bytes);
      bytes += parcel.bytes.length;
      // Before the write: an error in between must not make the request look repeatable.
      parcel.onWritten?.();
    }
    this.#queue = count === this.#queue.length ? [] : this.#queue.slice(count);
    this.#queuedBytes -= bytes;
    return taken.length === 1 ? (taken[0] as Uint8Array) : Buffer.concat(taken, bytes);
  }
}
