import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConsulAgentOptions,
  type ConsulCertificates,
  type ConsulTestAgent,
  consulProgramVariable,
  createConsulCertificates,
  startConsulAgent,
} from '@gatehouse/testing/consul';
import { printedVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type ConsulEndpointsOptions, consulEndpoints } from '../../src/consul/consul-endpoints.ts';
import { dnsSrvEndpoints } from '../../src/discovery/dns-srv.ts';
import type { EndpointSource } from '../../src/discovery/endpoint-source.ts';
import { administration, serviceName } from './consul-administration.ts';
import { startConsulRelay } from './consul-relay.ts';

const program = process.env[consulProgramVariable] ?? '';

const initial = [{ host: 'configured.test', port: 8888 }];

function watch(options: Partial<ConsulEndpointsOptions> & { url: string }): EndpointSource {
  const source = consulEndpoints({ service: serviceName, ...options });
  onTestFinished(() => source.close());
  return source;
}

async function startAgent(options: Partial<ConsulAgentOptions> = {}): Promise<ConsulTestAgent> {
  const agent = await startConsulAgent({ program, ...options });
  onTestFinished(() => agent.kill());
  return agent;
}

const hosts = (source: EndpointSource) => source.current().map(({ host }) => host);

/** Milliseconds until the condition held. */
async function until(condition: () => boolean, withinMs = 20_000): Promise<number> {
  const startedAtMs = performance.now();
  await expect.poll(condition, { interval: 5, timeout: withinMs }).toBe(true);
  return performance.now() - startedAtMs;
}

describe.skipIf(program === '')('discovery on a real Consul agent', () => {
  recordForeignSoftware('Consul', 'finds Configuration Servers by its blocking queries and DNS', () =>
    printedVersion(program, 'version'),
  );
  it('sees registrations, roles, drains, failed checks and deregistrations within a second, by blocking queries', async () => {
    const agent = await startAgent();
    const admin = administration(agent.url);
    await admin.register({ id: 'a', meta: { role: 'backup' } });
    const source = watch({ url: agent.url });
    await until(() => hosts(source).length === 1);

    const changes: [string, () => Promise<unknown>, string[]][] = [
      ['registered', () => admin.register({ id: 'b', tags: ['primary'], ttl: '60s' }), ['b.test', 'a.test']],
      [
        'draining',
        () => admin.register({ id: 'b', tags: ['primary'], meta: { drain: 'true' }, ttl: '60s' }),
        ['a.test', 'b.test'],
      ],
      ['check fails', () => admin.fail('b'), ['a.test']],
      ['check passes', () => admin.pass('b'), ['a.test', 'b.test']],
      ['role changes', () => admin.register({ id: 'a', meta: { role: 'proxy' } }), ['a.test', 'b.test']],
      ['deregistered', () => admin.deregister('b'), ['a.test']],
    ];
    const tookMs: Record<string, number> = {};
    for (const [name, change, expected] of changes) {
      let announced = 0;
      const end = source.subscribe(() => {
        announced += 1;
      });
      // Longer than the pace of the queries, so that the time measured is that of the blocking query alone.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await change();
      tookMs[name] = Math.round(await until(() => announced > 0));
      end();
      expect({ [name]: hosts(source) }).toEqual({ [name]: expected });
    }
    expect(Math.max(...Object.values(tookMs))).toBeLessThan(1_000);
    expect(source.problem).toBeUndefined();
  });

  it('keeps the servers while the agent is dead and while its successor knows none, then follows the successor', async () => {
    const agent = await startAgent();
    for (let number = 0; number < 50; number += 1) await administration(agent.url).write(`key-${number}`);
    await administration(agent.url).register({ id: 'a' });
    await administration(agent.url).register({ id: 'b' });
    const source = watch({ url: agent.url });
    await until(() => hosts(source).length === 2);

    await agent.kill();
    await until(() => source.problem?.includes('cannot be reached') === true);
    expect(hosts(source)).toEqual(['a.test', 'b.test']);

    const successor = await startAgent({ ports: agent.ports });
    await until(() => source.problem?.includes('no healthy instance') === true);
    expect(hosts(source)).toEqual(['a.test', 'b.test']);

    await administration(successor.url).register({ id: 'c' });
    await until(() => hosts(source).join() === 'c.test', 5_000);
    expect(source.problem).toBeUndefined();
  });

  it('starts its watch again when the index goes backwards behind a load balancer', async () => {
    const [old, young] = await Promise.all([startAgent(), startAgent()]);
    for (let number = 0; number < 100; number += 1) await administration(old.url).write(`key-${number}`);
    await administration(old.url).register({ id: 'old' });
    await administration(young.url).register({ id: 'young' });
    const relay = await startConsulRelay(old.ports.http);
    onTestFinished(() => relay.close());
    const failures: string[] = [];
    const metrics = { failed: (reason: string) => failures.push(reason) };
    const source = watch({ url: relay.url, waitSeconds: 2, metrics });
    await until(() => hosts(source).join() === 'old.test');
    const high = await untilValue(() => relay.indexes.find((index) => index !== undefined));

    relay.targetPort = young.ports.http;
    await until(() => hosts(source).join() === 'young.test');
    await until(() => relay.indexes.indexOf(undefined, 1) > 0);
    const restart = relay.indexes.indexOf(undefined, 1);
    expect(relay.indexes.slice(1, restart).every((index) => index === high)).toBe(true);
    const low = await untilValue(() => relay.indexes[restart + 1]);
    expect(low).toBeLessThan(high);
    expect(failures).toEqual([]);
  });

  it('finds the same servers by DNS SRV records of the agent', async () => {
    const agent = await startAgent();
    await administration(agent.url).register({ id: 'a', port: 8_801 });
    await administration(agent.url).register({ id: 'b', port: 8_802 });
    const source = dnsSrvEndpoints({
      name: `_${serviceName}._tcp.service.consul`,
      nameServers: [`127.0.0.1:${agent.ports.dns}`],
      refreshIntervalMs: 1_000,
    });
    onTestFinished(() => source.close());
    const found = () =>
      source
        .current()
        .map(({ host, port }) => `${host}:${port}`)
        .sort();
    await until(() => found().join() === 'a.test:8801,b.test:8802');
    await administration(agent.url).deregister('b');
    await until(() => found().join() === 'a.test:8801');
    await agent.kill();
    await until(() => source.problem !== undefined);
    expect(found()).toEqual(['a.test:8801']);
  });
});

describe.skipIf(program === '')('discovery on a real Consul agent with default-deny access control', () => {
  const managementToken = '5a9b8c7d-1111-4222-8333-944445555666';
  let agent: ConsulTestAgent;

  beforeAll(async () => {
    agent = await startConsulAgent({ program, managementToken });
    await administration(agent.url, managementToken).register({ id: 'a' });
  });
  afterAll(() => agent.kill());

  it('keeps its list when it has no token: the answer is an empty list, not an error', async () => {
    const source = watch({ url: agent.url, initial });
    await until(() => source.problem?.includes('the token may not read them') === true);
    expect(hosts(source)).toEqual(['configured.test']);
  });

  it('keeps its list when the token is unknown, and says what Consul said', async () => {
    const source = watch({ url: agent.url, initial, token: '00000000-0000-4000-8000-000000000009' });
    await until(() => source.problem === 'Consul answered 403: ACL not found');
    expect(hosts(source)).toEqual(['configured.test']);
  });

  it('reads with a token that has no right but to read the service, and outlives its deletion', async () => {
    const admin = administration(agent.url, managementToken);
    const { accessor, secret } = await admin.createReadToken();
    const source = watch({ url: agent.url, initial, token: secret });
    await until(() => hosts(source).join() === 'a.test');
    await admin.deleteToken(accessor);
    await admin.register({ id: 'b' });
    await until(() => source.problem?.includes('403') === true);
    expect(hosts(source)[0]).toBe('a.test');
    expect(source.problem).not.toContain(secret);
    await admin.deregister('b');
  });
});

describe.skipIf(program === '')('discovery on a real Consul agent over HTTPS', () => {
  let folder: string;
  let certificates: ConsulCertificates;
  let ca: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-consul-'));
    certificates = await createConsulCertificates(program, folder);
    ca = await readFile(certificates.caFile, 'utf8');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function startSecure(verifyClients: boolean): Promise<string> {
    const { caFile, serverCertFile: certFile, serverKeyFile: keyFile } = certificates;
    const agent = await startAgent({ tls: { caFile, certFile, keyFile, verifyClients } });
    await administration(agent.url).register({ id: 'a' });
    return `https://127.0.0.1:${agent.ports.https}`;
  }

  it('trusts the authority it was given, for the address and for the name it was given', async () => {
    const url = await startSecure(false);
    const byAddress = watch({ url, initial, tls: { ca } });
    const byName = watch({ url, initial, tls: { ca, serverName: certificates.serverName } });
    await until(() => hosts(byAddress).join() === 'a.test' && hosts(byName).join() === 'a.test');
  });

  it('refuses another authority and another name, and keeps its list', async () => {
    const url = await startSecure(false);
    const unknownAuthority = watch({ url, initial });
    const otherName = watch({ url, initial, tls: { ca, serverName: 'server.dc2.consul' } });
    const plain = watch({ url: url.replace('https', 'http'), initial });
    await until(() =>
      [unknownAuthority, otherName, plain].every(({ problem }) => !problem?.includes('not answered')),
    );
    expect(unknownAuthority.problem).toMatch(/cannot be reached: .*(certificate|issuer)/);
    expect(otherName.problem).toMatch(/cannot be reached: .*altnames/);
    expect(plain.problem).toMatch(/Consul answered 400|cannot be reached/);
    for (const source of [unknownAuthority, otherName, plain])
      expect(hosts(source)).toEqual(['configured.test']);
  });

  it('shows a client certificate where the agent asks for one', async () => {
    const url = await startSecure(true);
    const cert = await readFile(certificates.clientCertFile, 'utf8');
    const key = await readFile(certificates.clientKeyFile, 'utf8');
    const known = watch({ url, initial, tls: { ca, cert, key } });
    const stranger = watch({ url, initial, tls: { ca } });
    await until(() => hosts(known).join() === 'a.test');
    await until(() => stranger.problem?.includes('cannot be reached') === true);
    expect(hosts(stranger)).toEqual(['configured.test']);
  });
});

async function untilValue<T>(read: () => T | undefined): Promise<T> {
  await until(() => read() !== undefined);
  return read() as T;
}
