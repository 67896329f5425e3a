/** Bytes on their way out: coalesced per turn of the event loop, held back while the socket is full. */
import type { Duplex } from 'node:stream';

interface Parcel {
  bytes: Uint8Array;
  onWritten: (() => void) | undefined;
  cancelled: boolean;
}

/** What `send` returns: taking the parcel back works until it was written. */
export interface SentParcel {
  cancel(): void;
}

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
    const parcel: Parcel = { bytes, onWritten, cancelled: false };
    if (!this.#ended) {
      this.#queue.push(parcel);
      this.#queuedBytes += bytes.length;
      this.#planFlush();
    }
    return {
      cancel: () => {
        if (parcel.cancelled) return;
        parcel.cancelled = true;
        if (this.#queue.includes(parcel)) this.#queuedBytes -= bytes.length;
      },
    };
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

  #planFlush(): void {
    if (this.#flushPlanned || this.#blocked) return;
    this.#flushPlanned = true;
    setImmediate(() => {
      this.#flushPlanned = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#ended || this.#blocked || this.#queue.length === 0) return;
    const parcels = this.#queue;
    this.#socket.cork();
    let written = 0;
    for (const parcel of parcels) {
      written += 1;
      if (parcel.cancelled) continue;
      this.#queuedBytes -= parcel.bytes.length;
      // Counted as sent before the write: an error in between must not make it look repeatable.
      parcel.onWritten?.();
      parcel.onWritten = undefined;
      if (!this.#socket.write(parcel.bytes)) {
        this.#blocked = true;
        break;
      }
    }
    this.#queue = parcels.slice(written);
    this.#socket.uncork();
  }
}
