import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { type AppError, unavailable } from '../../src/errors/app-error.ts';
import { reportError } from '../../src/errors/report.ts';
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
