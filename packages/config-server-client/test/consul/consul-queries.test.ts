import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { consulEndpoints } from '../../src/consul/consul-endpoints.ts';
import { instance, startConsulStandIn, until } from './consul-stand-in.ts';
import { watchStandIn } from './consul-watch.ts';

describe('queries to Consul', () => {
  it('ask for passing instances at once, then wait 55 s for a change, with the token in its header only', async () => {
    const watch = await watchStandIn({ token: 'a-secret-token', datacenter: 'dc9', tag: 'blue' });
    const first = await watch.consul.query();
    expect(first.url.pathname).toBe('/v1/health/service/config-server');
    expect(Object.fromEntries(first.url.searchParams)).toEqual({ passing: 'true', dc: 'dc9', tag: 'blue' });
    expect(first.headers['x-consul-token']).toBe('a-secret-token');
    first.answer([instance('a')], { index: '7' });
    await watch.settled(1);
    await watch.clock.advance(1_000);
    const second = await watch.consul.query();
    expect([second.index, second.wait]).toEqual(['7', '55s']);
    expect(watch.hosts()).toEqual(['a.test']);
    expect(await watch.end()).toEqual({ timers: 0 });
    expect(watch.logged.join('\n')).not.toContain('a-secret-token');
  });

  it('keep a path in front of the API', async () => {
    const gate = await watchStandIn();
    const watch = await watchStandIn({ url: `${gate.consul.url}/consul/` });
    await gate.consul.query();
    expect((await gate.consul.query()).url.pathname).toBe('/consul/v1/health/service/config-server');
    await watch.end();
    await gate.end();
  });

  it('reach an agent by an IPv6 address', async ({ skip }) => {
    const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
      addresses?.some(({ family, internal }) => family === 'IPv6' && internal),
    );
    skip(!hasIpv6, 'this machine has no IPv6');
    const agent = await startConsulStandIn('::1');
    const source = consulEndpoints({ url: agent.url, service: 'config-server' });
    (await agent.query()).answer([instance('a')]);
    await until(() => source.current().length === 1);
    await source.close();
    await agent.close();
  });

  it('come at most once a second, however fast Consul answers', async () => {
    const watch = await watchStandIn();
    const startedAtMs: number[] = [];
    for (let number = 1; number <= 4; number += 1) {
      const query = await watch.consul.query();
      startedAtMs.push(watch.clock.monotonicMs());
      query.answer([instance(`a${number}`)], { index: String(number) });
      await watch.settled(number);
      await watch.clock.advance(999);
      expect(watch.consul.count).toBe(number);
      await watch.clock.advance(1);
    }
    expect(startedAtMs).toEqual([0, 1_000, 2_000, 3_000]);
    await watch.consul.query();
    await watch.end();
  });

  it('follow at once when Consul held the last one back for longer', async () => {
    const watch = await watchStandIn();
    (await watch.consul.query()).answer([instance('a')], { index: '7' });
    await watch.settled(1);
    await watch.clock.advance(1_000);
    const held = await watch.consul.query();
    await watch.clock.advance(30_000);
    held.answer([instance('b')], { index: '8' });
    await until(() => watch.hosts()[0] === 'b.test');
    await until(() => watch.clock.pendingTimers === 1);
    await watch.clock.advance(0);
    expect((await watch.consul.query()).index).toBe('8');
    await watch.end();
  });

  it('take a return for no proof of a change', async () => {
    const watch = await watchStandIn();
    for (let number = 1; number <= 3; number += 1) {
      (await watch.consul.query()).answer([instance('a')], { index: String(number) });
      await watch.settled(number);
      await watch.clock.advance(1_000);
    }
    expect(watch.lists).toEqual([['a.test']]);
    await watch.end();
  });

  it('start again without an index when the index goes backwards', async () => {
    const watch = await watchStandIn();
    const asked: (string | null)[] = [];
    for (const [number, index] of ['90', '12', '13'].entries()) {
      const query = await watch.consul.query();
      asked.push(query.index);
      query.answer([instance('a')], { index });
      await watch.settled(number + 1);
      await watch.clock.advance(1_000);
    }
    asked.push((await watch.consul.query()).index);
    expect(asked).toEqual([null, '90', null, '13']);
    await watch.end();
  });

  it('wait with index 1 when Consul names none, or zero', async () => {
    const watch = await watchStandIn();
    (await watch.consul.query()).answer([instance('a')]);
    await watch.settled(1);
    await watch.clock.advance(1_000);
    const second = await watch.consul.query();
    expect([second.index, second.wait]).toEqual(['1', '55s']);
    second.answer([instance('a')], { index: '0' });
    await watch.settled(2);
    await watch.clock.advance(1_000);
    expect((await watch.consul.query()).index).toBe('1');
    await watch.end();
  });
});
