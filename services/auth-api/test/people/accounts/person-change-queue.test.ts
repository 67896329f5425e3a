import { setTimeout as wait } from 'node:timers/promises';
import { createLogger } from '@gatehouse/service-kit/observability';
import { expect, it, onTestFinished } from 'vitest';
import {
  createPersonChangeQueue,
  type EndingChange,
} from '../../../src/people/accounts/person-change-queue.ts';

const log = createLogger('test', { level: 'silent', format: 'json' });
const deletion = (dbid: number): EndingChange => ({ kind: 'deleted', dbid, historyId: dbid });

function setUp(apply: (change: EndingChange) => Promise<void> = async () => undefined) {
  const applied: EndingChange[] = [];
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const add = createPersonChangeQueue({
    apply: async (change) => {
      await apply(change);
      applied.push(change);
    },
    log,
    signal: ending.signal,
  });
  return { add, applied };
}

// attack: Configuration Server that reports changes of persons without end | CWE-770 | guard: services/auth-api/src/people/accounts/person-change-queue.ts
it('a shift that is disabled at once is applied at once, a flood at a bounded pace, in order', async () => {
  const { add, applied } = setUp();
  for (let dbid = 1; dbid <= 2_000; dbid += 1) add(deletion(dbid));
  const startedMs = performance.now();
  await expect.poll(() => applied.length, { timeout: 1_000 }).toBeGreaterThanOrEqual(500);
  await expect.poll(() => applied.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(520);
  const tookMs = performance.now() - startedMs;
  expect(tookMs).toBeGreaterThan(900);
  expect(applied.length).toBeLessThan(505 + tookMs / 50);
  expect(applied).toEqual(applied.map((_change, index) => deletion(index + 1)));
});

it('more than can be followed count as a gap: everything is read once', async () => {
  const { add, applied } = setUp();
  for (let dbid = 1; dbid <= 12_000; dbid += 1) add(deletion(dbid));
  await wait(50);
  expect(applied.filter(({ kind }) => kind === 'resync')).toHaveLength(1);
});

it('a server that cannot be read does not hold back the changes that it reports', async () => {
  const { add, applied } = setUp(async ({ kind }) => {
    if (kind === 'resync') throw new Error('cannot be read');
  });
  add({ kind: 'resync' });
  add(deletion(7));
  await wait(50);
  expect(applied).toEqual([deletion(7)]);
});
