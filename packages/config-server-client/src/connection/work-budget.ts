/**
 * Bounds the time and the memory that the answers of one environment's servers may take of this process. A server that
 * sends without end delays the logins of its own environment, not those of the others.
 */
import type { Clock } from '../surroundings/clock.ts';

/** Of each second, for what nobody asked for: changes, polls, and pages behind the first answer. */
const shareMsPerSecond = 25;
/** An answer to a question of a login takes less than a third of this. */
const perRequestMs = 0.25;
/** The numbers of 100 000 disabled persons come at once. */
const burstMs = 300;
/** Longest rest, half a minute: also for a debt that only a busy machine made. */
const maxDebtMs = 750;
/** Work of this length delays nobody noticeably. One message that takes longer counts by the square of its time. */
export const turnMs = 2;
/** A refused message leaves about 20 KiB of garbage, which is collected later and at everybody's cost. */
const perUnreadableMs = 1;
/** Ordinary pages take less memory. */
const bulkyBytes = 2 * 1024 * 1024;
/** To collect what a bulky message leaves: a pause that delays everybody, also when the message is read long since. */
const perBulkyMebibyteMs = 4;
/** All answers that are not complete yet: many callers of one environment must not multiply the limit of one answer. */
const maxHeldBytes = 64 * 1024 * 1024;

/** Shared by all connections of a client, or a server could take the share once for each of them. */
export class WorkBudget {
  readonly #clock: Clock;
  #leftMs = burstMs;
  #filledAtMs: number;
  #heldBytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#filledAtMs = clock.monotonicMs();
  }

  /** A request was sent: its answer may take time. */
  requested(): void {
    this.#leftMs = Math.min(burstMs, this.#leftMs + perRequestMs);
  }

  /** `workMs` without a break. */
  spend(workMs: number): void {
    const costMs = workMs > turnMs ? workMs ** 2 / turnMs : workMs;
    const nowMs = this.#clock.monotonicMs();
    const earnedMs = ((nowMs - this.#filledAtMs) * shareMsPerSecond) / 1_000;
    this.#filledAtMs = nowMs;
    this.#leftMs = Math.max(-maxDebtMs, Math.min(burstMs, this.#leftMs + earnedMs) - costMs);
  }

  /** A message of this size in memory was read. */
  read(heldBytes: number): void {
    if (heldBytes > bulkyBytes) this.spend((heldBytes / 2 ** 20) * perBulkyMebibyteMs);
  }

  unreadable(): void {
    this.spend(perUnreadableMs);
  }

  /** How long to rest until the debt is earned back; 0 when there is none. */
  get restMs(): number {
    return Math.max(0, -this.#leftMs * (1_000 / shareMsPerSecond));
  }

  /** Notes the memory of an incomplete answer. False when it is too much. */
  hold(bytes: number): boolean {
    this.#heldBytes += bytes;
    return this.#heldBytes <= maxHeldBytes;
  }

  release(bytes: number): void {
    this.#heldBytes -= bytes;
  }
}
