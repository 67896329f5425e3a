import { describe, expect, it } from 'vitest';
import { QueryPace } from '../../src/discovery/query-pace.ts';

const pace = (random = 0.5) =>
  new QueryPace({ intervalMs: 1_000, firstPauseMs: 1_000, maxPauseMs: 60_000, random: () => random });

describe('pace of queries', () => {
  it('fills up the interval after an answer, and lets a query that took longer be followed at once', () => {
    expect([0, 400, 1_000, 55_000].map((agoMs) => pace().afterAnswerMs(agoMs))).toEqual([1_000, 600, 0, 0]);
  });

  it('doubles the pause with every failure up to the longest one, and starts again after an answer', () => {
    const failing = pace();
    const pauses = Array.from({ length: 9 }, () => failing.afterFailureMs(5_000));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    failing.afterAnswerMs(0);
    expect(failing.afterFailureMs(5_000)).toBe(1_000);
  });

  it('spreads the pause by a fifth but never asks twice in a second', () => {
    expect(pace(0).afterFailureMs(5_000)).toBe(800);
    expect(pace(0).afterFailureMs(0)).toBe(1_000);
    expect(pace(0.999_999).afterFailureMs(0)).toBeCloseTo(1_200, 0);
  });

  it('stays finite however long the outage lasts', () => {
    const failing = pace();
    for (let failure = 0; failure < 5_000; failure += 1) failing.afterFailureMs(0);
    expect(failing.afterFailureMs(0)).toBe(60_000);
  });
});
