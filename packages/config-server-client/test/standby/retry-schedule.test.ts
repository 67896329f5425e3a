import { describe, expect, it } from 'vitest';
import { defaultStandby } from '../../src/client-options.ts';
import { RetrySchedule } from '../../src/standby/retry-schedule.ts';

const schedule = (random = 0.5) => new RetrySchedule(defaultStandby, () => random);

describe('retry schedule', () => {
  it('walks along the list and repeats the last delay', () => {
    const delays = schedule();
    expect(Array.from({ length: 7 }, () => delays.afterFailedRoundMs())).toEqual([
      1_000, 2_000, 3_000, 3_000, 3_000, 3_000, 3_000,
    ]);
  });

  it('lets nobody wait longer than five seconds for servers that are back, however long they were away', () => {
    const delays = schedule(0.999_999);
    const longest = Array.from({ length: 100 }, () => delays.afterFailedRoundMs());
    expect(Math.max(...longest) + defaultStandby.reconnectionRandomDelayMs).toBeLessThan(5_000);
  });

  it('spreads each delay by a fifth', () => {
    expect(schedule(0).afterFailedRoundMs()).toBe(800);
    expect(schedule(0.999_999).afterFailedRoundMs()).toBeCloseTo(1_200, 0);
  });

  it('starts again only after a connection that was stable', () => {
    const delays = schedule();
    delays.afterFailedRoundMs();
    delays.afterFailedRoundMs();
    expect(delays.afterLossMs(29_999)).toBe(2_000);
    expect(delays.afterLossMs(30_000)).toBe(500);
    expect(delays.afterFailedRoundMs()).toBe(1_000);
  });

  it('lets a connection that keeps breaking wait longer and longer', () => {
    const delays = schedule();
    expect([1, 2, 3, 4].map(() => delays.afterLossMs(100))).toEqual([500, 1_000, 2_000, 3_000]);
  });

  it('follows a planned switchover at once, also soon after an outage, but not servers that send away for ever', () => {
    const delays = schedule();
    for (let round = 0; round < 5; round += 1) delays.afterFailedRoundMs();
    expect([1, 2, 3, 4].map(() => delays.afterLeavingMs(100))).toEqual([250, 250, 1_000, 2_000]);
    expect(delays.afterLeavingMs(30_000)).toBe(250);
    expect(delays.afterFailedRoundMs()).toBe(1_000);
  });

  it('does not grow while a switchover is going on', () => {
    const delays = schedule();
    expect([1, 2, 3].map(() => delays.whileNoPrimaryMs())).toEqual([1_000, 1_000, 1_000]);
    expect(delays.afterFailedRoundMs()).toBe(1_000);
  });
});
