/** Names of strangers, resolved by a resolver that answers when the test says. */
import type { LookupFunction } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { createStrangerNames } from '../src/http/stranger-names.ts';

const found = [{ address: '192.0.2.1', family: 4 }];

function resolver() {
  const open: { hostname: string; callback: Parameters<LookupFunction>[2] }[] = [];
  const asked: string[] = [];
  const resolve: LookupFunction = (hostname, _options, callback) => {
    asked.push(hostname);
    open.push({ hostname, callback });
  };
  return {
    resolve,
    asked,
    answer: () => open.shift()?.callback(null, found),
    fail: () => open.shift()?.callback(new Error('SERVFAIL') as NodeJS.ErrnoException, []),
  };
}

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'found',
    (error: Error) => error.message,
  );

describe('names of strangers', () => {
  // attack: names whose name server is silent, so that the names of our own stores and services are not resolved | CWE-400 | guard: packages/api-client/src/http/stranger-names.ts
  it('are asked about one at a time, so that a thread stays free for our own', async () => {
    const { resolve, asked, answer } = resolver();
    const names = createStrangerNames(resolve, 60_000);
    const outcomes = ['a.test', 'b.test', 'c.test'].map((name) => outcome(names.find(name, {})));
    expect(asked).toEqual(['a.test']);
    for (let more = 0; more < 3; more += 1) {
      answer();
      await Promise.resolve();
    }
    expect(await Promise.all(outcomes)).toEqual(['found', 'found', 'found']);
  });

  it('that many calls need at once are asked about once', async () => {
    const { resolve, asked, answer } = resolver();
    const names = createStrangerNames(resolve, 60_000);
    const outcomes = Array.from({ length: 50 }, () => outcome(names.find('a.test', {})));
    answer();
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['found']));
    expect(asked).toEqual(['a.test']);
  });

  it('whose call is over meanwhile are not asked about', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const { resolve, asked, answer } = resolver();
      const names = createStrangerNames(resolve, 3_000);
      const [first, second] = [outcome(names.find('silent.test', {})), outcome(names.find('late.test', {}))];
      vi.advanceTimersByTime(3_001);
      answer();
      expect([await first, await second]).toEqual(['found', 'The name late.test is not resolved in time']);
      expect(asked).toEqual(['silent.test']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that were slow in vain rest for half a minute; one that fails at once is asked about again', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const { resolve, asked, fail } = resolver();
      const names = createStrangerNames(resolve, 60_000);
      const tryOnce = async (name: string, afterMs: number) => {
        const tried = outcome(names.find(name, {}));
        vi.advanceTimersByTime(afterMs);
        fail();
        return tried;
      };
      expect([await tryOnce('quick.test', 10), await tryOnce('quick.test', 10)]).toEqual([
        'SERVFAIL',
        'SERVFAIL',
      ]);
      expect(await tryOnce('slow.test', 10_000)).toBe('SERVFAIL');
      expect(await tryOnce('slow.test', 0)).toBe('The name slow.test is not resolved in time');
      vi.advanceTimersByTime(30_000);
      expect(await tryOnce('slow.test', 10)).toBe('SERVFAIL');
      expect(asked).toEqual(['quick.test', 'quick.test', 'slow.test', 'slow.test']);
    } finally {
      vi.useRealTimers();
    }
  });
});
