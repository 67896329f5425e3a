import { expect, test } from 'vitest';
import type { Sent } from '../../harness/record.ts';
import { phaseTable } from '../previous/phases.ts';

const sentAt = (startedMs: number, more: Partial<Sent> = {}): Sent => ({
  ...{ kind: 'token', startedMs, endedMs: startedMs + 10, status: 200, isRight: true },
  ...more,
});

test('a request counts in the phase in which it was begun, also where a phase comes again', () => {
  const begun = [
    { phase: 'upgrading', beganMs: 1_000 },
    { phase: 'side by side', beganMs: 2_000 },
    { phase: 'upgrading', beganMs: 3_000 },
    { phase: 'N alone', beganMs: 4_000 },
  ] as const;
  const sent = [
    sentAt(1_000),
    sentAt(1_999),
    sentAt(2_000, { kind: 'refresh', isRight: false, status: 503, endedMs: 2_500 }),
    sentAt(3_500),
    sentAt(4_000),
  ];
  const [head, , ...rows] = phaseTable(sent, begun).split('\n');
  expect(head).toBe(
    '| kind | N−1 alone | upgrading | side by side | N alone | rolling back | N−1 on the migrated schema | failed | p99, ms |',
  );
  expect(rows).toEqual([
    '| token | 0 | 3 | 0 | 1 | 0 | 0 | 0 | 10 |',
    '| refresh | 0 | 0 | 1 | 0 | 0 | 0 | 1 | 500 |',
    '| all | 0 | 3 | 1 | 1 | 0 | 0 | 1 | 500 |',
  ]);
});
