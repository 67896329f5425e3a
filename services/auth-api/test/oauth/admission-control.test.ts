import type { AppError } from '@gatehouse/service-kit/errors';
import { expect, test } from 'vitest';
import { createAdmissionControl } from '../../src/oauth/authorize/admission-control.ts';

test('a busy server lets fewer and fewer in, ten a second at least, and more again when it is not', () => {
  let nowMs = 0;
  let delayMs = 10;
  const admissionControl = createAdmissionControl({
    busyDelayMs: 30,
    readDelayMs: () => delayMs,
    nowMs: () => nowMs,
  });
  const comeInSecond = (people: number) => {
    const refused: AppError[] = [];
    for (let count = 0; count < people; count += 1) {
      nowMs += 1_000 / people;
      try {
        admissionControl.enter();
      } catch (error) {
        refused.push(error as AppError);
      }
    }
    return { admitted: people - refused.length, refused };
  };
  expect(comeInSecond(100).admitted).toBe(100);
  delayMs = 40;
  expect(comeInSecond(100).admitted).toBeLessThan(50);
  const { admitted, refused } = comeInSecond(1_000);
  expect(admitted).toBeGreaterThanOrEqual(9);
  expect(admitted).toBeLessThanOrEqual(11);
  // As fast as people get in, within a minute.
  const seconds = refused.map(({ retryAfterSeconds = 0 }) => retryAfterSeconds);
  expect(seconds.filter((second) => second === 30).length).toBeLessThanOrEqual(2 * 11);
  expect(Math.max(...seconds)).toBeLessThanOrEqual(61);
  delayMs = 10;
  const after = [comeInSecond(100).admitted, comeInSecond(100).admitted, comeInSecond(100).admitted];
  expect(after).toEqual(after.toSorted((one, other) => one - other));
  expect(comeInSecond(100).admitted).toBe(100);
});
