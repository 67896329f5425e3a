import { expect, test } from 'vitest';
import { type Observed, rowOf } from '../figures.ts';

const minutes = Array.from({ length: 60 }, (_, minute) => minute);
const samples = (heapMiB: (minute: number) => number) =>
  minutes.map((minute) => ({ atMs: minute * 60_000, heapMiB: heapMiB(minute), handles: 40 }));
const delays = (lastMs: number) => [
  ...Array.from({ length: 5 }, () => Array(200).fill(10)),
  Array(200).fill(lastMs),
];

const calm: Observed = {
  service: 'auth-api',
  start: { startMs: 500, idleMiB: 90 },
  loadedMiB: 140,
  samples: samples((minute) => 50 + (minute % 2)),
  handles: { before: 30, after: 33 },
  delaysMs: delays(11),
  failures: new Map(),
};

test('a run that stays as it began breaks no bound', () => {
  expect(rowOf(calm)).toMatchObject({ 'must not be': 'none', 'heap MiB/min': 0, 'p99 grew by': 1.1 });
});

test('a heap that fills in the first ten minutes and stays is none that grows', () => {
  const filled = samples((minute) => 50 + Math.min(minute, 10));
  expect(rowOf({ ...calm, samples: filled })['must not be']).toBe('none');
});

test.each([
  ['a slow start', { start: { startMs: 601, idleMiB: 90 } }, 'start above 600 ms'],
  ['much memory without a request', { start: { startMs: 500, idleMiB: 96 } }, 'idle above 95 MiB'],
  ['much memory under load', { loadedMiB: 151 }, 'loaded above 150 MiB'],
  [
    'a heap that grows',
    {
      samples: samples((minute) => 50 + 0.6 * minute),
    },
    'heap grows by more than 0.5 MiB a minute',
  ],
  ['handles that are kept', { handles: { before: 30, after: 34 } }, 'more handles'],
  ['later answers', { delaysMs: delays(13) }, 'p99 above 1.2 of the first'],
  ['a wrong answer', { failures: new Map([['token was answered 500', 1]]) }, 'wrong answers'],
  ['a part without answers', { delaysMs: [] }, 'p99 above 1.2 of the first'],
] satisfies [string, Partial<Observed>, string][])('%s breaks its bound', (_name, change, broken) => {
  expect(rowOf({ ...calm, ...change })['must not be']).toBe(broken);
});
