import { expect, test } from 'vitest';
import type { Sent } from '../../harness/record.ts';
import { figuresOf, mustNotFail, textOf } from '../load/figures.ts';

const sentAt = (startedMs: number, more: Partial<Sent> = {}): Sent => ({
  ...{ kind: 'token', startedMs, endedMs: startedMs + 10, status: 200, isRight: true },
  ...more,
});
const refused = { status: 0, isRight: false, error: 'refused', repeatedAfter: ['refused'] };

test('requests that were all answered are no failure', () => {
  const figures = figuresOf([sentAt(1_100), sentAt(1_300)], 1_000, 1_400);
  expect(textOf(figures)).toBe('2 requests, none failed, longest gap 0.20 s');
  expect(() => mustNotFail(figures, false)).not.toThrow();
});

test('a failure is counted by its kind, with the time since the beginning', () => {
  const sent = [
    sentAt(1_100),
    sentAt(1_300, refused),
    sentAt(1_900, refused),
    sentAt(2_000, { status: 503, isRight: false }),
  ];
  const figures = figuresOf(sent, 1_000, 2_500);
  expect(figures.failures).toEqual(['2 × token: refused at 0.3 to 0.9 s', '1 × token: 503 at 1.0 s']);
  expect(figures.longestGapMs).toBe(1_390);
  expect(() => mustNotFail(figures, true)).toThrow('3 failed');
});

test('a request that was answered after a repetition fails only where nobody should have to repeat', () => {
  const figures = figuresOf([sentAt(1_300, { repeatedAfter: ['refused', 'refused'] })], 1_000, 1_400);
  expect(textOf(figures)).toContain(
    'none failed, 1 answered after a repetition (1 × token: refused at 0.3 s)',
  );
  expect(() => mustNotFail(figures, true)).not.toThrow();
  expect(() => mustNotFail(figures, false)).toThrow('1 answered after a repetition');
});
