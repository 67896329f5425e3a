import { describe, expect, it } from 'vitest';
import { createRevalidatingCache, type Loaded } from '../../src/core/revalidating-cache.ts';

type View = { name: string };

function setUp(changes: { dropsOutdated?: boolean } = {}) {
  let nowMs = 1_800_000_000_000;
  const clock = {
    now: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
  const asked: [key: string, etag: string | undefined][] = [];
  const stale: number[] = [];
  let answer: (key: string) => Loaded<View> | Promise<Loaded<View>> = (key) => found(key);
  const cache = createRevalidatingCache<View>({
    load: async (key, etag) => {
      asked.push([key, etag]);
      return answer(key);
    },
    freshMs: 1000,
    staleMaxMs: 60_000,
    missingMs: 500,
    retryMs: 100,
    maxEntries: 3,
    ...changes,
    now: clock.now,
    onStale: (_key, ageMs) => stale.push(ageMs),
  });
  return {
    cache,
    clock,
    asked,
    stale,
    answerWith: (next: typeof answer) => {
      answer = next;
    },
  };
}

const found = (name: string): Loaded<View> => ({ status: 'found', value: { name }, etag: `"${name}"` });
const down = () => Promise.reject(new Error('down'));

describe('the view cache', () => {
  it('asks once while a copy is fresh, and once for many questions at the same time', async () => {
    const { cache, asked } = setUp();
    await Promise.all(Array.from({ length: 20 }, () => cache.get('a')));
    await cache.get('a');
    expect(asked).toEqual([['a', undefined]]);
  });

  it('waits for an owner that hangs at one outdated copy, and shortly, and uses the answer when it comes', async () => {
    const { cache, clock, asked, answerWith } = setUp();
    await Promise.all([cache.get('a'), cache.get('b')]);
    cache.invalidateAll();
    answerWith(down);
    expect(await cache.get('a')).toEqual({ name: 'a' });
    let answerLate: (loaded: Loaded<View>) => void = () => undefined;
    answerWith(() => new Promise((resolve) => (answerLate = resolve)));
    clock.advance(100);
    asked.length = 0;
    expect(await Promise.all([cache.get('a'), cache.get('b')])).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(asked).toEqual([['a', '"a"']]);
    answerLate(found('new'));
    await expect.poll(() => cache.get('a')).toEqual({ name: 'new' });
  });

  it('revalidates by etag and keeps the copy that is confirmed', async () => {
    const { cache, clock, asked, answerWith } = setUp();
    const copy = await cache.get('a');
    clock.advance(1000);
    answerWith(() => ({ status: 'unchanged' }));
    expect(await cache.get('a')).toBe(copy);
    expect(asked).toEqual([
      ['a', undefined],
      ['a', '"a"'],
    ]);
    await cache.get('a');
    expect(asked).toHaveLength(2);
  });

  it('asks again after an invalidation, and only for what is affected', async () => {
    const { cache, asked, answerWith } = setUp();
    await cache.get('a');
    await cache.get('b');
    answerWith(() => found('new'));
    cache.invalidate((key) => key === 'a');
    expect(await cache.get('a')).toEqual({ name: 'new' });
    expect(await cache.get('b')).toEqual({ name: 'b' });
    expect(asked).toHaveLength(3);
  });

  it('does not believe an answer that was on its way when the change came', async () => {
    const { cache, answerWith } = setUp();
    const gate = Promise.withResolvers<Loaded<View>>();
    answerWith(() => gate.promise);
    const early = cache.get('a');
    cache.invalidate(() => false);
    answerWith(() => found('new'));
    const late = cache.get('a');
    gate.resolve(found('old'));
    expect(await early).toEqual({ name: 'old' });
    expect(await late).toEqual({ name: 'new' });
  });

  it('asks again after an answer that was overtaken by a change', async () => {
    const { cache, answerWith } = setUp();
    const gate = Promise.withResolvers<Loaded<View>>();
    answerWith(() => gate.promise);
    const early = cache.get('a');
    cache.invalidateAll();
    gate.resolve(found('old'));
    await early;
    answerWith(() => found('new'));
    expect(await cache.get('a')).toEqual({ name: 'new' });
  });

  it('serves the last known good copy while the owner is down, but not beyond its age limit', async () => {
    const { cache, clock, stale, answerWith } = setUp();
    await cache.get('a');
    answerWith(down);
    cache.invalidateAll();
    expect(await cache.get('a')).toEqual({ name: 'a' });
    clock.advance(60_000);
    expect(await cache.get('a')).toEqual({ name: 'a' });
    clock.advance(1);
    await expect(cache.get('a')).rejects.toThrow('down');
    expect(stale).toContain(0);
  });

  it('leaves an owner alone that just failed, and comes back to it', async () => {
    const { cache, clock, asked, answerWith } = setUp();
    await cache.get('a');
    answerWith(down);
    clock.advance(1000);
    for (let index = 0; index < 50; index += 1) await cache.get('a');
    expect(asked).toHaveLength(2);
    answerWith(() => found('new'));
    clock.advance(100);
    await expect.poll(() => cache.get('a')).toEqual({ name: 'new' });
  });

  it('makes nobody wait for an owner that hangs, once it has failed', async () => {
    const { cache, clock, asked, answerWith } = setUp();
    await cache.get('a');
    clock.advance(1000);
    answerWith(down);
    await cache.get('a');
    answerWith(() => new Promise(() => undefined));
    clock.advance(100);
    for (let index = 0; index < 10; index += 1) expect(await cache.get('a')).toEqual({ name: 'a' });
    expect(asked).toHaveLength(3);
  });

  it('waits for the owner of what is known to have changed, also after a failure', async () => {
    const { cache, clock, answerWith } = setUp();
    await cache.get('a');
    clock.advance(1000);
    answerWith(down);
    await cache.get('a');
    clock.advance(100);
    answerWith(() => found('new'));
    cache.invalidateAll();
    expect(await cache.get('a')).toEqual({ name: 'new' });
  });

  it('does not serve what it dropped while a question was on its way', async () => {
    const { cache, clock, answerWith } = setUp({ dropsOutdated: true });
    await cache.get('a');
    clock.advance(1000);
    const gate = Promise.withResolvers<Loaded<View>>();
    answerWith(() => gate.promise);
    const question = cache.get('a');
    cache.invalidateAll();
    gate.reject(new Error('down'));
    await expect(question).rejects.toThrow('down');
    await expect(cache.get('a')).rejects.toThrow('down');
  });

  // attack: have a copy from before an end put back by an answer on its way | ASVS 7.4.2 | guard: services/auth-api/src/core/revalidating-cache.ts
  it('does not keep an answer from before a drop', async () => {
    const { cache, answerWith } = setUp();
    const gate = Promise.withResolvers<Loaded<View>>();
    answerWith(() => gate.promise);
    const question = cache.get('a');
    cache.drop(() => true);
    gate.resolve(found('before the end'));
    await question;
    answerWith(down);
    await expect(cache.get('a')).rejects.toThrow('down');
  });

  it('does not replace what was read after a change by an answer from before', async () => {
    const { cache, answerWith } = setUp();
    const gate = Promise.withResolvers<Loaded<View>>();
    answerWith(() => gate.promise);
    const question = cache.get('a');
    cache.invalidateAll();
    answerWith(() => found('after'));
    await cache.get('a');
    gate.resolve(found('before'));
    await question;
    answerWith(down);
    expect(await cache.get('a')).toEqual({ name: 'after' });
  });

  it('fails at once for what it has no copy of while the owner is left alone', async () => {
    const { cache, clock, asked, answerWith } = setUp();
    answerWith(down);
    await expect(cache.get('a')).rejects.toThrow('down');
    await expect(cache.get('b')).rejects.toThrow('down');
    expect(asked).toHaveLength(1);
    clock.advance(100);
    answerWith(() => found('b'));
    expect(await cache.get('b')).toEqual({ name: 'b' });
  });

  it('remembers for a short time that there is nothing, and drops what was deleted', async () => {
    const { cache, clock, asked, answerWith } = setUp();
    await cache.get('a');
    answerWith(() => ({ status: 'missing' }));
    clock.advance(1000);
    expect(await cache.get('a')).toBeUndefined();
    await cache.get('a');
    expect(asked).toHaveLength(2);
    clock.advance(500);
    answerWith(() => found('again'));
    expect(await cache.get('a')).toEqual({ name: 'again' });
  });

  it('asks at once for something that was missing when anything changed', async () => {
    const { cache, answerWith } = setUp();
    answerWith(() => ({ status: 'missing' }));
    await cache.get('a');
    answerWith(() => found('created'));
    cache.invalidate(() => false);
    expect(await cache.get('a')).toEqual({ name: 'created' });
  });

  it('does not let made-up names push real copies out', async () => {
    const { cache, asked, answerWith } = setUp();
    await cache.get('a');
    answerWith(() => ({ status: 'missing' }));
    for (let index = 0; index < 100; index += 1) await cache.get(`made up ${index}`);
    const before = asked.length;
    expect(await cache.get('a')).toEqual({ name: 'a' });
    expect(asked).toHaveLength(before);
  });
});
