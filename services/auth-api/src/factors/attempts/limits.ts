/** Says how often a person may give a wrong answer, and how long the next one has to wait. */

export interface AttemptLimit {
  /** Wrong answers that cost no wait. */
  freeFailures: number;
  /** Each further one doubles the wait up to the maximum. */
  firstDelayMs: number;
  maxDelayMs: number;
  /** Failures are forgotten when there was none for so long. */
  memoryMs: number;
  /**
   * No more wrong answers in a row are compared, however long they take: until a right one comes from a browser of the other kind, of those that
   * gave a factor before and those that did not. Each kind has its own, so the account has twice as many.
   */
  maxInRow?: number;
}

const hourMs = 3_600_000;

/**
 * Three codes of a million are right at a time: somebody who knows the password finds one within 50 tries with a probability of 0.015 %. They
 * take two days. NIST SP 800-63B section 3.2.2 allows 100 of an account. The others have so many bits that the limit only saves work.
 */
export const attemptLimits = {
  totp: {
    ...{ freeFailures: 5, firstDelayMs: 30_000, maxDelayMs: hourMs, memoryMs: 24 * hourMs },
    maxInRow: 50,
  },
  recoveryCode: { freeFailures: 5, firstDelayMs: 5_000, maxDelayMs: 60_000, memoryMs: 24 * hourMs },
  invitation: { freeFailures: 5, firstDelayMs: 5_000, maxDelayMs: 60_000, memoryMs: hourMs },
  enrolment: { freeFailures: 10, firstDelayMs: 5_000, maxDelayMs: 60_000, memoryMs: hourMs },
} satisfies Record<string, AttemptLimit>;

export type AttemptKind = keyof typeof attemptLimits;

export const limitOf = (kind: AttemptKind): AttemptLimit => attemptLimits[kind];
