import { afterEach, describe, expect, it } from 'vitest';
import { dnsSrvEndpoints } from '../../src/discovery/dns-srv.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { until } from '../consul/consul-stand-in.ts';
import { type Answer, type NameServerStandIn, startNameServerStandIn } from './name-server-stand-in.ts';

const servers: NameServerStandIn[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function watch(answer: Answer, options: { initial?: { host: string; port: number }[] } = {}) {
  const dns = await startNameServerStandIn(answer);
  servers.push(dns);
  const clock = new ManualClock();
  const failures: string[] = [];
  const lists: string[][] = [];
  const source = dnsSrvEndpoints({
    name: '_ocs._tcp.config.test',
    nameServers: [dns.address],
    clock,
    random: () => 0.5,
    metrics: { failed: (reason) => failures.push(reason) },
    ...options,
  });
  source.subscribe((endpoints) => lists.push(endpoints.map(({ host, port }) => `${host}:${port}`)));
  return {
    dns,
    clock,
    source,
    failures,
    lists,
    names: () => source.current().map(({ host, port }) => `${host}:${port}`),
    /** A look-up has ended: only the pause until the next one is left. */
    settled: () => until(() => clock.pendingTimers === 1),
  };
}

const two: Answer = [
  { target: 'second.test', port: 8889, priority: 20 },
  { target: 'first.test', port: 8888, priority: 10 },
];

describe('servers by DNS SRV records', () => {
  it('come in the order of their priority, with the port of their record', async () => {
    const { source, settled, names } = await watch(two);
    await settled();
    expect(names()).toEqual(['first.test:8888', 'second.test:8889']);
    expect(source.problem).toBeUndefined();
    await source.close();
  });

  it('are looked up again at the interval, and announced only when they changed', async () => {
    const { dns, clock, source, settled, lists } = await watch(two);
    await settled();
    await clock.advance(29_999);
    expect(dns.questions).toBe(1);
    await clock.advance(1);
    await settled();
    expect(dns.questions).toBe(2);
    expect(lists).toHaveLength(1);
    dns.answer = [{ target: 'third.test', port: 8888 }];
    await clock.advance(30_000);
    await settled();
    expect(lists).toEqual([['first.test:8888', 'second.test:8889'], ['third.test:8888']]);
    await source.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('keep the order that was drawn by weight for as long as the records stay the same', async () => {
    const equals: Answer = ['a', 'b', 'c', 'd'].map((name) => ({
      target: `${name}.test`,
      port: 1,
      weight: 5,
    }));
    const { dns, clock, source, settled, lists } = await watch(equals);
    await settled();
    for (const answer of [[...equals].reverse(), [], equals] as Answer[]) {
      dns.answer = answer;
      await clock.advance(30_000);
      await settled();
    }
    expect(dns.questions).toBe(4);
    expect(lists).toHaveLength(1);
    await source.close();
  });

  it.each([
    ['the name is gone', 'no-such-name', 'ENOTFOUND'],
    ['the name server fails', 'server-failure', 'ESERVFAIL'],
    ['there are no records', [], 'ENODATA'],
  ] as [string, Answer, string][])('stay when %s', async (_title, answer, code) => {
    const { dns, clock, source, settled, names, failures } = await watch(two);
    await settled();
    dns.answer = answer;
    await clock.advance(30_000);
    await settled();
    expect(failures).toEqual([code]);
    expect(source.problem).toContain(code);
    expect(names()).toEqual(['first.test:8888', 'second.test:8889']);
    dns.answer = [{ target: 'third.test', port: 8888 }];
    await clock.advance(1_000);
    await settled();
    expect(names()).toEqual(['third.test:8888']);
    expect(source.problem).toBeUndefined();
    await source.close();
  });

  it('stay when the record says that the service is not offered (target ".")', async () => {
    const { dns, clock, source, settled, names } = await watch(two);
    await settled();
    dns.answer = [{ target: '', port: 0 }];
    await clock.advance(30_000);
    await settled();
    expect(names()).toHaveLength(2);
    expect(source.problem).toBe('_ocs._tcp.config.test names no server');
    await source.close();
  });

  it('are those of the configuration until the name is found', async () => {
    const initial = [{ host: 'configured.test', port: 8888 }];
    const { source, settled, names } = await watch('no-such-name', { initial });
    await settled();
    expect(names()).toEqual(['configured.test:8888']);
    await source.close();
  });

  it('end at once while a name server keeps silent', async () => {
    const { dns, clock, source } = await watch('silence');
    await until(() => dns.questions > 0);
    await source.close();
    await source.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('need a name and an interval that spares the name server', () => {
    expect(() => dnsSrvEndpoints({ name: '' })).toThrow(TypeError);
    expect(() => dnsSrvEndpoints({ name: '_a._tcp.test', refreshIntervalMs: 999 })).toThrow(TypeError);
    expect(() => dnsSrvEndpoints({ name: '_a._tcp.test', refreshIntervalMs: Number.NaN })).toThrow(TypeError);
  });
});
