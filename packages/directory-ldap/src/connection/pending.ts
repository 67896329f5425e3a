/** Keeps the calls whose answers are awaited: their deadlines, and the entries that come, within the bounds of a search. */
import type { Clock } from '@gatehouse/config-server-client/surroundings';
import { ConfigServerError } from '@gatehouse/people-directory';
import { type EntryAnswer, operations, type ResultAnswer } from '../wire/answers.ts';
import type { Encode } from '../wire/requests.ts';
import { resultCodes } from '../wire/results.ts';

export interface CallLimits {
  /** Monotonic. */
  deadlineAtMs: number;
  signal?: AbortSignal | undefined;
}

export interface Call {
  encode: Encode;
  operation: number;
  maxEntries?: number;
  /** Of the entries beyond `maxEntries` nobody needs to know. */
  mayCut?: boolean;
}

export interface Answered {
  result: ResultAnswer;
  entries: EntryAnswer[];
}

export interface Pending extends Required<Omit<Call, 'encode'>> {
  messageId: number;
  entries: EntryAnswer[];
  bytes: number;
  settle(outcome: Answered | ConfigServerError): void;
}

/** Why a call ends without an answer. */
type GivenUp = 'Aborted' | 'RequestTimeout';

export class PendingCalls {
  readonly #calls = new Map<number, Pending>();
  readonly #clock: Clock;
  readonly #onNone: () => void;
  #onDrained: (() => void) | undefined;

  /** `onNone`: no call waits any more. */
  constructor(clock: Clock, onNone: () => void) {
    this.#clock = clock;
    this.#onNone = onNone;
  }

  get size(): number {
    return this.#calls.size;
  }

  get(messageId: number): Pending | undefined {
    return this.#calls.get(messageId);
  }

  /** `giveUp` must settle the call that it gets. */
  add(
    messageId: number,
    { operation, maxEntries = 0, mayCut = false }: Call,
    limits: CallLimits,
    giveUp: (pending: Pending, why: GivenUp) => void,
  ): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const onAbort = () => giveUp(pending, 'Aborted');
      const leftMs = Math.max(0, limits.deadlineAtMs - this.#clock.monotonicMs());
      const timer = this.#clock.setTimer(leftMs, () => giveUp(pending, 'RequestTimeout'));
      const settle = (outcome: Answered | ConfigServerError) => {
        timer.cancel();
        limits.signal?.removeEventListener('abort', onAbort);
        this.#calls.delete(messageId);
        if (this.#calls.size === 0) {
          this.#onNone();
          this.#onDrained?.();
        }
        if (outcome instanceof ConfigServerError) reject(outcome);
        else resolve(outcome);
      };
      limits.signal?.addEventListener('abort', onAbort, { once: true });
      const pending = { messageId, operation, entries: [], bytes: 0, maxEntries, mayCut, settle };
      this.#calls.set(messageId, pending);
    });
  }

  /** Resolves when no call waits. */
  drained(): Promise<void> {
    if (this.#calls.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onDrained = resolve;
    });
  }

  failAll(error: ConfigServerError): void {
    for (const { settle } of [...this.#calls.values()]) settle(error);
  }
}

/** One search must not fill the memory; the biggest page that we ask for is far smaller. */
const maxSearchBytes = 16 * 1_048_576;

/** False: this entry is beyond the bounds, and so is every one after it. */
export function keeps(pending: Pending, entry: EntryAnswer, bytes: number): boolean {
  pending.bytes += bytes;
  const isKept = pending.entries.length < pending.maxEntries && pending.bytes <= maxSearchBytes;
  if (isKept) pending.entries.push(entry);
  return isKept;
}

/** As of a server that keeps the size limit. Undefined: a part would be taken for the whole. */
export function cutAnswer({ messageId, mayCut, entries }: Pending): Answered | undefined {
  if (!mayCut) return undefined;
  const code = resultCodes.sizeLimitExceeded;
  const { searchDone: operation } = operations;
  const rest = { diagnostic: '', controls: new Map(), oid: undefined };
  return { result: { kind: 'result', messageId, operation, code, ...rest }, entries };
}
