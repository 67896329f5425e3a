import { describe, expect, it, onTestFinished } from 'vitest';
import { demoSeed } from '../../src/seed/demo.ts';
import { startSimulator } from '../../src/simulator.ts';
import { startFullBacklog } from '../full-backlog.ts';
import { agent, closedPort, connectTo, quickStandby, startServer, until, watchSuite } from '../harness.ts';

watchSuite();

describe('a server that dies', () => {
  it('with 64 requests in flight: reads are repeated once, logins are not, each settles exactly once', async () => {
    const server = await startServer({ limits: { maxInFlight: 64 } });
    const client = connectTo([server]);
    await client.authenticate(agent);
    const served: string[] = [];
    let release: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    server.faults.beforeRequest = async ({ name }) => {
      served.push(name);
      if (name !== 'RequestRegisterClient') await gate;
    };
    let settlements = 0;
    const count = <T>(promise: Promise<T>) => promise.finally(() => (settlements += 1));
    const logins = Array.from({ length: 32 }, () => count(client.authenticate(agent)));
    const reads = Array.from({ length: 32 }, () => count(client.readPersons({ dbid: 101 })));
    const outcomes = Promise.allSettled([...logins, ...reads]);
    await until(() => served.length === 64, 'all 64 are being served');
    server.faults.beforeRequest = ({ name }) => {
      served.push(name);
    };
    server.dropConnections();
    const results = await outcomes;
    expect(results.slice(0, 32).map((result) => result.status === 'rejected' && result.reason.code)).toEqual(
      Array.from({ length: 32 }, () => 'OutcomeUnknown'),
    );
    expect(results.slice(32).every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(settlements).toBe(64);
    expect(served.filter((name) => name === 'RequestAuthenticate')).toHaveLength(32);
    expect(served.filter((name) => name === 'RequestReadObjects')).toHaveLength(64);
    release?.();
  });

  it('twice during a read: the read fails instead of being tried for ever', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    await client.authenticate(agent);
    server.faults.beforeRequest = async ({ name }) => {
      if (name === 'RequestReadObjects') server.dropConnections();
    };
    await expect(client.readPersons({ dbid: 101 })).rejects.toMatchObject({
      code: 'ConnectionLost',
      sent: true,
    });
  });

  it('in the middle of a list: the part that came is never taken for the whole', async () => {
    const server = await startServer({ limits: { pageObjects: 1 } });
    const client = connectTo([server]);
    await client.authenticate(agent);
    let pages = 0;
    server.faults.onAnswer = (answer, refId, send) => {
      send(answer, refId);
      if (answer.name === 'EventObjectsRead' && ++pages === 3) setImmediate(() => server.dropConnections());
    };
    const persons = await client.readPersons({});
    expect(persons).toHaveLength(6);
    expect(new Set(persons.map(({ DBID }) => DBID)).size).toBe(6);
  });

  it('for good: the other one serves, and nobody waits longer than the fail-fast time', async () => {
    const primary = await startServer();
    const backup = await startServer();
    const client = connectTo([primary, backup]);
    await client.authenticate(agent);
    await primary.close();
    await expect(client.authenticate(agent)).resolves.toBeDefined();
    expect(client.endpoint).toContain(String(backup.port));
  });

  it('together with its backup, and one of them comes back: recovered within the last delay, attempts as scheduled', async () => {
    const first = await startServer();
    const { port } = first;
    const client = connectTo([first, { port: await closedPort() }], {
      standby: { ...quickStandby, failFastAfterMs: 100 },
    });
    await client.authenticate(agent);
    await first.close();
    await until(() => client.state === 'down', 'the client reports that it is down');
    await expect(client.authenticate(agent)).rejects.toMatchObject({
      code: 'NoEndpoint',
      retryable: true,
      sent: false,
    });
    const second = await startSimulator({ port, seed: demoSeed, hash: 'test' });
    onTestFinished(() => second.close());
    await until(() => client.state === 'open', 'the client is back', 2_000);
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });
});

describe('a server that cannot be reached', () => {
  it('because the port is closed or the name does not resolve: the next one is tried', async () => {
    const server = await startServer();
    const client = connectTo(
      [{ port: await closedPort() }, { host: 'no-such-host.invalid', port: 8888 }, { port: server.port }],
      { allowPlaintext: true },
    );
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });

  it.each([
    ['plain', {}],
    ['TLS', { tls: {} }],
  ])(
    'because the first packet gets no answer (%s): the time limit of the attempt ends it',
    async (_name, options) => {
      const hole = await startFullBacklog();
      const server = await startServer();
      const failures: string[] = [];
      const client = connectTo([{ port: hole }, server], {
        ...options,
        standby: { ...quickStandby, openTimeoutMs: 300 },
        metrics: { connectionFailed: (endpoint, code) => failures.push(`${endpoint} ${code}`) },
      });
      const startedMs = performance.now();
      await until(() => failures.length > 0, 'the attempt ended');
      expect(performance.now() - startedMs).toBeGreaterThanOrEqual(290);
      expect(failures[0]).toBe(`127.0.0.1:${hole} ConnectTimeout`);
      if (!('tls' in options)) {
        await expect(client.authenticate(agent)).resolves.toBeDefined();
        expect(client.endpoint).toContain(String(server.port));
      }
    },
  );

  it('because it accepts and says nothing: the time limit of registration ends it', async () => {
    const hole = await startServer();
    hole.faults.onConnection = () => 'ignore';
    const server = await startServer();
    const client = connectTo([hole, server], { standby: { ...quickStandby, openTimeoutMs: 200 } });
    await expect(client.authenticate(agent)).resolves.toBeDefined();
    expect(client.endpoint).toContain(String(server.port));
  });

  it('because it closes every connection at once: attempts become rarer, there is no tight loop', async () => {
    const server = await startServer();
    let attempts = 0;
    server.faults.onConnection = () => {
      attempts += 1;
      return 'close';
    };
    const client = connectTo([server], { standby: { ...quickStandby, failFastAfterMs: 600 } });
    await expect(client.authenticate(agent)).rejects.toMatchObject({ code: 'NoEndpoint' });
    // 50, 100, 200, 200 ms between rounds, ±20 %: about five attempts in 600 ms.
    expect(attempts).toBeLessThanOrEqual(7);
    server.faults.onConnection = () => 'serve';
    await until(() => client.state === 'open', 'the client is in');
  });
});
