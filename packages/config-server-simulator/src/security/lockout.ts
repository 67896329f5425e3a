/** Failed tries per account within a window, and the lock that the last one sets. */
import type { SecurityRules } from './rules.ts';

const minuteMs = 60_000;

/** Failures of one server process; the lock itself is kept in the person's annex and outlives it. */
export class FailureCounter {
  readonly #failures = new Map<number, number[]>();

  /** Counts a failure; true when the account is to be locked now. */
  record(personDbid: number, rules: SecurityRules, nowMs: number): boolean {
    if (rules.lockoutThreshold === 0) return false;
    // Without a window only a successful login forgets failures.
    const windowMs =
      rules.lockoutPeriodMinutes === 0 ? Number.POSITIVE_INFINITY : rules.lockoutPeriodMinutes * minuteMs;
    const recent = (this.#failures.get(personDbid) ?? []).filter((atMs) => nowMs - atMs < windowMs);
    recent.push(nowMs);
    if (recent.length >= rules.lockoutThreshold) {
      this.#failures.delete(personDbid);
      return true;
    }
    this.#failures.set(personDbid, recent);
    return false;
  }

  clear(personDbid: number): void {
    this.#failures.delete(personDbid);
  }
}

/** Whether a lock set at `lockedAtSeconds` still holds. */
export function isLocked(lockedAtSeconds: number, rules: SecurityRules, nowMs: number): boolean {
  if (lockedAtSeconds === 0 || rules.lockoutThreshold === 0) return false;
  if (rules.lockoutDurationMinutes === 0) return true;
  return nowMs < lockedAtSeconds * 1000 + rules.lockoutDurationMinutes * minuteMs;
}
