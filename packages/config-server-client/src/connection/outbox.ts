/** Bytes on their way out: gathered into few writes, held back while the socket is full. */
import type { Duplex } from 'node:stream';

/** What `send` returns: taking it back works until it was written. */
export interface SentParcel {
  cancel(): void;
}

class Parcel implements SentParcel {
  readonly bytes: Uint8Array;
  readonly onWritten: (() => void) | undefined;
  readonly #onCancelled: (parcel: Parcel) => void;
  state: 'queued' | 'written' | 'cancelled' = 'queued';

  constructor(bytes: Uint8Array, onWritten: (() => void) | undefined, onCancelled: (parcel: Parcel) => void) {
    this.bytes = bytes;
    this.onWritten = onWritten;
    this.#onCancelled = onCancelled;
  }

  cancel(): void {
    if (this.state !== 'queued') return;
    this.state = 'cancelled';
    this.#onCancelled(this);
  }
}

/**
 * So many go out without waiting for the end of the turn: the other side works on them while this one goes on, also where
 * only a few requests are on their way. Fewer would cost a system call for each, more would make both sides wait for each
 * other.
 */
const parcelsAtOnce = 4;
/** Up to here copying is cheaper than handing over many pieces. */
const copiedBytes = 64 * 1024;

export class Outbox {
  readonly #socket: Duplex;
  #queue: Parcel[] = [];
  #queuedBytes = 0;
  #flushPlanned = false;
  #blocked = false;
  #ended = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('drain', () => {
      this.#blocked = false;
      this.#flush();
    });
  }

  /** Bytes that are not yet with the operating system. */
  get pendingBytes(): number {
    return this.#queuedBytes + this.#socket.writableLength;
  }

  /** Queues; `onWritten` runs when the bytes were handed to the socket and may reach the peer from then on. */
  send(bytes: Uint8Array, onWritten?: () => void): SentParcel {
    const parcel = new Parcel(bytes, onWritten, this.#cancelled);
    if (this.#ended) return parcel;
    this.#queue.push(parcel);
    this.#queuedBytes += bytes.length;
    if (this.#queue.length >= parcelsAtOnce) this.#flush();
    else this.#planFlush();
    return parcel;
  }

  /** Ahead of everything queued, for polls and their answers. */
  sendNow(bytes: Uint8Array): void {
    if (!this.#ended) this.#socket.write(bytes);
  }

  /** Nothing more goes out; what is queued is dropped. */
  end(): void {
    this.#ended = true;
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  readonly #cancelled = ({ bytes }: Parcel) => {
    if (!this.#ended) this.#queuedBytes -= bytes.length;
  };

  #planFlush(): void {
    if (this.#flushPlanned || this.#blocked) return;
    this.#flushPlanned = true;
    setImmediate(this.#flushPlannedNow);
  }

  readonly #flushPlannedNow = () => {
    this.#flushPlanned = false;
    this.#flush();
  };

  #flush(): void {
    while (!this.#ended && !this.#blocked && this.#queue.length > 0) {
      const batch = this.#takeBatch();
      if (batch.length > 0 && !this.#socket.write(batch)) this.#blocked = true;
    }
  }

  /** The next bytes, as many as are copied together at most; one big parcel goes alone. */
  #takeBatch(): Uint8Array {
    const taken: Uint8Array[] = [];
    let bytes = 0;
    let count = 0;
    for (const parcel of this.#queue) {
      if (bytes > 0 && bytes + parcel.bytes.length > copiedBytes) break;
      count += 1;
      if (parcel.state === 'cancelled') continue;
      parcel.state = 'written';
      taken.push(parcel.bytes);
      bytes += parcel.bytes.length;
      // Counted as sent before the write: an error in between must not make it look repeatable.
      parcel.onWritten?.();
    }
    this.#queue = count === this.#queue.length ? [] : this.#queue.slice(count);
    this.#queuedBytes -= bytes;
    return taken.length === 1 ? (taken[0] as Uint8Array) : Buffer.concat(taken, bytes);
  }
}
