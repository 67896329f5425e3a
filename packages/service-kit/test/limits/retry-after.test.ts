import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { type AppError, unavailable } from '../../src/errors/app-error.ts';
import { reportError } from '../../src/errors/report.ts';
import { createAdmissionControl } from '../../src/limits/admission-control.ts';
import { createAttemptLimiter } from '../../src/limits/attempt-limiter.ts';

function refusalOf(work: () => void): AppError {
  try {
    work();
  } catch (error) {
    return error as AppError;
  }
  throw new Error('nothing was refused');
}

test('whoever a limit refused comes back one after the other, not all when its window ends', () => {
  const limiter = createAttemptLimiter({ attempts: 10, windowMs: 60_000, now: () => 0 });
  for (let count = 0; count < 10; count += 1) limiter.reserve('one address');
  const seconds = Array.from(
    { length: 20 },
    () => refusalOf(() => limiter.reserve('one address')).retryAfterSeconds,
  );
  expect(seconds.slice(0, 10)).toEqual([60, 66, 72, 78, 84, 90, 96, 102, 108, 114]);
  // Nobody waits longer because a stranger at the same address does not stop.
  expect(seconds.slice(10)).toEqual(seconds.slice(0, 10));
});

test('whoever an outage refused at one moment comes back at different ones', () => {
  const seconds = new Set(
    Array.from({ length: 200 }, () => headerOf(unavailable('Redis', { retryAfterSeconds: 4 }))),
  );
  expect([...seconds].sort()).toEqual(['4', '5', '6', '7', '8']);
});

function headerOf(error: AppError): string {
  const headers = new Map<string, string>();
  const log = { debug() {}, warn() {}, error() {} };
  const reply = { header: (name: string, value: string) => headers.set(name, value) };
  reportError({ log } as unknown as FastifyRequest, reply as unknown as FastifyReply, error);
  return headers.get('retry-after') ?? '';
}

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
