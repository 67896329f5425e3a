/** Reads a socket in short turns within the work budget of its environment, and stops reading for whoever cannot keep up. */
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../surroundings/clock.ts';
import type { FrameTimer } from './frame-timer.ts';
import { turnMs, type WorkBudget } from './work-budget.ts';

export interface SocketReaderOptions {
  clock: Clock;
  budget: WorkBudget;
  /** Called with each piece of the stream. */
  onBytes(piece: Uint8Array): void;
  /** They rest while nothing is read: then silence says nothing about the peer. */
  timers(): readonly (Pick<FrameTimer, 'suspend' | 'resume'> | undefined)[];
}

type PauseReason = 'listeners' | 'budget';

/** Between two looks at the clock. Of the smallest messages that cannot be read, these take a third of a millisecond. */
const pieceBytes = 1024;
/** A connection that fills its turn leaves the others four times as long. */
const restPerWork = 4;
/** The kernel may count CPU time in steps of some milliseconds: a step that is not full yet counts as so much. */
const leastWorkMs = 0.2;

export class SocketReader {
  readonly #socket: Duplex;
  readonly #options: SocketReaderOptions;
  readonly #pausedFor = new Set<PauseReason>();
  #turnSpentMs = 0;
  #rest: Timer | undefined;
  #isEnded = false;

  constructor(socket: Duplex, options: SocketReaderOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  get isPaused(): boolean {
    return this.#pausedFor.size > 0;
  }

  pause(reason: PauseReason): void {
    if (this.#isEnded || this.#pausedFor.has(reason)) return;
    this.#pausedFor.add(reason);
    if (this.#pausedFor.size > 1) return;
    for (const timer of this.#options.timers()) timer?.suspend();
    this.#socket.pause();
  }

  resume(reason: PauseReason): void {
    if (this.#isEnded || !this.#pausedFor.delete(reason) || this.isPaused) return;
    for (const timer of this.#options.timers()) timer?.resume();
    this.#socket.resume();
  }

  end(): void {
    this.#isEnded = true;
    this.#rest?.cancel();
  }

  #read(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.#isEnded; at += pieceBytes) {
      if (this.isPaused) {
        this.#socket.unshift(chunk.subarray(at));
        return;
      }
      this.#readPiece(chunk.subarray(at, at + pieceBytes));
    }
  }

  #readPiece(piece: Uint8Array): void {
    const { clock, budget } = this.#options;
    const startedMs = clock.monotonicMs();
    const before = process.threadCpuUsage();
    this.#options.onBytes(piece);
    const workMs = workOf(clock.monotonicMs() - startedMs, before);
    budget.spend(workMs);
    if (this.#turnSpentMs === 0 && workMs > 0) setImmediate(this.#endTurn);
    this.#turnSpentMs += workMs;
    if (!this.#isEnded && (this.#turnSpentMs > turnMs || budget.restMs > 0))
      this.#takeRest(Math.max(budget.restMs, restPerWork * this.#turnSpentMs));
  }

  readonly #endTurn = () => {
    this.#turnSpentMs = 0;
  };

  #takeRest(restMs: number): void {
    this.pause('budget');
    this.#rest ??= this.#options.clock.setTimer(restMs, () => {
      this.#rest = undefined;
      this.resume('budget');
    });
  }
}

/** On a busy machine the clock runs while others work: that time is not the server's fault. */
function workOf(elapsedMs: number, before: NodeJS.CpuUsage): number {
  if (elapsedMs <= turnMs) return elapsedMs;
  const { user, system } = process.threadCpuUsage(before);
  return Math.min(elapsedMs, Math.max(leastWorkMs, (user + system) / 1_000));
}
