import { describe, expect, it } from 'vitest';
import { consulEndpoints } from '../../src/consul/consul-endpoints.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { instance, type Query, until } from './consul-stand-in.ts';
import { type Watch, watchStandIn } from './consul-watch.ts';

/** A watch that knows `a` and `b` and whose second query is under way. */
async function watchingTwo(): Promise<Watch & { pending: Query }> {
  const watch = await watchStandIn();
  (await watch.consul.query()).answer([instance('a'), instance('b')], { index: '7' });
  await watch.settled(1);
  await watch.clock.advance(1_000);
  return { ...watch, pending: await watch.consul.query() };
}

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-consul-index: 8\r\n';

const faults: [string, string, (query: Query) => void, string][] = [
  [
    'answers 500',
    'error-status',
    (query) => query.answer('No cluster leader', { status: 500 }),
    '500: No cluster leader',
  ],
  ['answers 429', 'error-status', (query) => query.answer('', { status: 429 }), 'Consul answered 429'],
  [
    'does not know the token',
    'access-denied',
    (query) => query.answer('ACL not found', { status: 403 }),
    '403: ACL not found',
  ],
  ['ends the connection', 'unreachable', (query) => query.hangUp(), 'cannot be reached'],
  ['redirects', 'error-status', (query) => query.answer('', { status: 301 }), 'Consul answered 301'],
  ['answers a page', 'malformed', (query) => query.answer('<html>sign in</html>'), 'not a list'],
  ['answers another JSON value', 'malformed', (query) => query.answer({ error: 'x' }), 'not a list'],
  [
    'answers broken JSON',
    'malformed',
    (query) => query.raw(`${head}content-length: 2\r\n\r\n[{`),
    'not JSON',
  ],
  [
    'answers something that is not HTTP',
    'unreachable',
    (query) => query.raw('SSH-2.0\r\n\r\n', { end: true }),
    'cannot be reached',
  ],
  [
    'stops in mid-answer',
    'cut-off',
    (query) => query.raw(`${head}content-length: 99\r\n\r\n[{`, { end: true }),
    'mid-answer',
  ],
  [
    'answers without end',
    'too-large',
    (query) => query.raw(`${head}\r\n${' '.repeat(9 * 1024 * 1024)}`),
    'too large',
  ],
];

describe('fault 31: when Consul', () => {
  it.each(faults)(
    '%s, the last list stays and the cause is told (%s)',
    async (_title, reason, cause, problem) => {
      const watch = await watchingTwo();
      cause(watch.pending);
      await until(() => watch.failures.length === 1);
      expect(watch.failures).toEqual([reason]);
      expect(watch.hosts()).toEqual(['a.test', 'b.test']);
      expect(watch.source.problem).toContain(problem);
      await watch.settled(2);
      await watch.clock.advance(1_000);
      const next = await watch.consul.query();
      expect([next.index, next.wait]).toEqual([null, null]);
      next.answer([instance('c')], { index: '3' });
      await watch.settled(3);
      expect(watch.hosts()).toEqual(['c.test']);
      expect(watch.source.problem).toBeUndefined();
      expect(watch.lists).toEqual([['a.test', 'b.test'], ['c.test']]);
      expect(await watch.end()).toEqual({ timers: 0 });
    },
  );

  it('is down, it is asked ever less often, the last list stays, and the log says so once', async () => {
    const watch = await watchingTwo();
    watch.pending.hangUp();
    await until(() => watch.failures.length === 1);
    await watch.consul.close();
    const failedAtMs: number[] = [watch.clock.monotonicMs()];
    while (failedAtMs.length < 9) {
      const failures = watch.failures.length;
      await until(() => watch.clock.pendingTimers === 1);
      for (let ms = 0; watch.failures.length === failures && ms < 70_000; ms += 1_000) {
        await watch.clock.advance(1_000);
        await until(() => watch.clock.pendingTimers === 1);
      }
      failedAtMs.push(watch.clock.monotonicMs());
    }
    const pausesMs = failedAtMs.slice(1).map((atMs, index) => atMs - (failedAtMs[index] ?? 0));
    expect(pausesMs).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(watch.hosts()).toEqual(['a.test', 'b.test']);
    expect(watch.logged.filter((line) => line.startsWith('warn')).length).toBeLessThanOrEqual(2);
    await watch.source.close();
    expect(watch.clock.pendingTimers).toBe(0);
  });

  it('lists nothing any more, the last list stays and the token is named as a possible cause', async () => {
    const watch = await watchingTwo();
    watch.pending.answer([], { index: '8' });
    await watch.settled(2);
    expect(watch.hosts()).toEqual(['a.test', 'b.test']);
    expect(watch.source.problem).toMatch(/no healthy instance of config-server.*token/);
    await watch.clock.advance(1_000);
    const next = await watch.consul.query();
    expect(next.index).toBe('8');
    next.answer([instance('a'), instance('b')], { index: '9' });
    await watch.settled(3);
    expect(watch.source.problem).toBeUndefined();
    expect(watch.lists).toHaveLength(1);
    await watch.end();
  });

  it('lists only instances without a usable address, the last list stays', async () => {
    const watch = await watchingTwo();
    watch.pending.answer([instance('a', { port: 0 })], { index: '8' });
    await watch.settled(2);
    expect(watch.hosts()).toEqual(['a.test', 'b.test']);
    expect(watch.source.problem).toContain('no instance of config-server in Consul has a usable address');
    await watch.end();
  });

  it('does not answer a first query, it is asked again after 10 s', async () => {
    const watch = await watchStandIn();
    await watch.consul.query();
    await watch.clock.advance(9_999);
    expect(watch.failures).toEqual([]);
    await watch.clock.advance(1);
    await watch.settled(1);
    expect(watch.failures).toEqual(['timeout']);
    expect(watch.source.problem).toBe('Consul gave no answer within 10 s');
    await watch.clock.advance(1_000);
    await watch.consul.query();
    expect(await watch.end()).toEqual({ timers: 0 });
  });

  it('holds a query longer than wait + wait/16 + 5 s, it is given up: not a moment earlier', async () => {
    const watch = await watchingTwo();
    await watch.clock.advance(55_000 + 55_000 / 16 + 5_000);
    expect(watch.failures).toEqual([]);
    await watch.clock.advance(1_000);
    await watch.settled(2);
    expect(watch.failures).toEqual(['timeout']);
    expect(watch.hosts()).toEqual(['a.test', 'b.test']);
    await watch.end();
  });

  it('never answered, the servers from the configuration are used', async () => {
    const initial = [{ host: 'configured.test', port: 8888 }];
    const watch = await watchStandIn({ initial });
    (await watch.consul.query()).answer('', { status: 500 });
    await watch.settled(1);
    expect(watch.hosts()).toEqual(['configured.test']);
    await watch.clock.advance(1_000);
    (await watch.consul.query()).answer([instance('a')], { index: '2' });
    await watch.settled(2);
    expect(watch.hosts()).toEqual(['a.test']);
    await watch.end();
  });

  it('lists an entry that comes and goes, every change is announced and nothing else', async () => {
    const watch = await watchingTwo();
    let pending = watch.pending;
    for (let number = 2; number <= 5; number += 1) {
      const both = number % 2 === 1;
      pending.answer(both ? [instance('a'), instance('b')] : [instance('b')], { index: String(number + 6) });
      await watch.settled(number);
      await watch.clock.advance(1_000);
      pending = await watch.consul.query();
    }
    expect(watch.lists.map((list) => list.length)).toEqual([2, 1, 2, 1, 2]);
    await watch.end();
  });

  it('is watched by a listener that throws, the others and the watch go on', async () => {
    const watch = await watchStandIn();
    watch.source.subscribe(() => {
      throw new Error('broken listener');
    });
    const heard: number[] = [];
    const stop = watch.source.subscribe((endpoints) => heard.push(endpoints.length));
    (await watch.consul.query()).answer([instance('a')], { index: '1' });
    await watch.settled(1);
    expect(heard).toEqual([1]);
    stop();
    await watch.clock.advance(1_000);
    (await watch.consul.query()).answer([instance('a'), instance('b')], { index: '2' });
    await watch.settled(2);
    expect(heard).toEqual([1]);
    expect(watch.lists).toHaveLength(2);
    await watch.end();
  });
});

describe('the end of a watch', () => {
  it('leaves no timer and no connection: during a query, in a pause, before any answer, twice', async () => {
    const during = await watchingTwo();
    expect(await during.end()).toEqual({ timers: 0 });
    await during.source.close();

    const paused = await watchStandIn();
    (await paused.consul.query()).answer([instance('a')], { index: '1' });
    await paused.settled(1);
    expect(await paused.end()).toEqual({ timers: 0 });

    const clock = new ManualClock();
    const early = consulEndpoints({ url: 'http://127.0.0.1:9', service: 'config-server', clock });
    await early.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('keeps the last list but announces nothing any more', async () => {
    const watch = await watchingTwo();
    const closing = watch.source.close();
    watch.pending.answer([instance('c')], { index: '8' });
    await closing;
    expect(watch.hosts()).toEqual(['a.test', 'b.test']);
    expect(watch.lists).toHaveLength(1);
    await watch.end();
  });
});
