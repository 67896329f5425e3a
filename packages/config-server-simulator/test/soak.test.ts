import type { PersonChange } from '@gatehouse/config-server-client/backend';
import { isConfigServerError } from '@gatehouse/config-server-client/errors';
import { silentLogger } from '@gatehouse/config-server-client/log';
import { describe, expect, it } from 'vitest';
import { type ChaosProxy, startChaosProxy } from './chaos-proxy.ts';
import { agent, connectTo, quickStandby, startServer, until, watchSuite } from './harness.ts';

watchSuite();

/** `SOAK_SECONDS=600` for the long run. */
const seconds = Number(process.env['SOAK_SECONDS'] ?? 4);

/** What a call may end with while servers and networks fail. */
const honest = [
  'OutcomeUnknown',
  'ConnectionLost',
  'NoEndpoint',
  'RequestTimeout',
  'QueueFull',
  'MalformedBody',
];

describe('a long bad day', () => {
  it('settles every call once, loses no change without saying so, and keeps its memory', {
    timeout: seconds * 1_000 + 60_000,
  }, async () => {
    const server = await startServer({
      log: silentLogger,
      limits: { registrationsPerSecondPerAddress: 1_000 },
    });
    const proxies = [await startChaosProxy(server.port), await startChaosProxy(server.port)];
    const client = connectTo(proxies, {
      log: silentLogger,
      standby: { ...quickStandby, failFastAfterMs: 500 },
      addp: { localTimeoutSeconds: 0.3, remoteTimeoutSeconds: 0.3, traceMode: 'off' },
    });
    const counts = {
      started: 0,
      settled: 0,
      failed: 0,
      doubleSettled: 0,
      changes: 0,
      resyncs: 0,
      disturbances: 0,
    };
    let lastName = '';
    client.subscribePersons((change: PersonChange) => {
      counts.changes += 1;
      if (change.kind === 'resync') counts.resyncs += 1;
      if (change.kind === 'updated') lastName = String(change.delta.set.lastName ?? lastName);
    });
    const untilMs = performance.now() + seconds * 1_000;
    const isOver = () => performance.now() > untilMs;

    const call = async (run: () => Promise<unknown>) => {
      counts.started += 1;
      let isSettled = false;
      const note = () => {
        if (isSettled) counts.doubleSettled += 1;
        isSettled = true;
        counts.settled += 1;
      };
      await run().then(note, (error: unknown) => {
        note();
        counts.failed += 1;
        if (!isConfigServerError(error) || !honest.includes(error.code)) throw error;
      });
    };
    const worker = async () => {
      while (!isOver()) {
        await call(() => client.authenticate(agent, { deadlineMs: 1_000 }));
        await call(() => client.readPersons({ tenant_dbid: 101 }, { deadlineMs: 1_000 }));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const writer = async () => {
      for (let count = 0; !isOver(); count += 1) {
        await server.store.updatePerson(102, { lastName: `Name ${count}` });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const disturber = async () => {
      const onAll = (disturb: (proxy: ChaosProxy) => void) => {
        for (const proxy of proxies) disturb(proxy);
      };
      const disturbances = [
        () => server.dropConnections(),
        () => onAll((proxy) => proxy.reset()),
        () => onAll(({ rules }) => Object.assign(rules, { swallowToClient: true })),
        () => onAll(({ rules }) => Object.assign(rules, { sliceBytes: 3, latencyMs: 5 })),
        () => proxies[0]?.injectToClients(Buffer.from('garbage')),
        () => Object.assign(proxies[1]?.rules ?? {}, { resetAfterBytes: 2_000 }),
      ];
      while (!isOver()) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        disturbances[counts.disturbances % disturbances.length]?.();
        counts.disturbances += 1;
        await new Promise((resolve) => setTimeout(resolve, 150));
        for (const proxy of proxies) proxy.rules = {};
      }
    };

    const memoryMiB: number[] = [];
    const sampler = async () => {
      while (!isOver()) {
        await new Promise((resolve) => setTimeout(resolve, (seconds * 1_000) / 20));
        memoryMiB.push(Math.round(process.memoryUsage().heapUsed / 1024 / 1024));
      }
    };
    await Promise.all([...Array.from({ length: 8 }, worker), writer(), disturber(), sampler()]);
    for (const proxy of proxies) proxy.rules = {};
    await until(() => client.state === 'open', 'the client recovers', 10_000);
    await server.store.updatePerson(102, { lastName: 'The end' });
    await until(() => lastName === 'The end', 'changes are complete', 10_000);
    process.stdout.write(`soak: ${JSON.stringify({ seconds, ...counts, memoryMiB })}\n`);
    expect(counts.settled).toBe(counts.started);
    expect(counts.doubleSettled).toBe(0);
    expect(counts.disturbances).toBeGreaterThan(seconds);
    // The change log grows to its limit; a leak by call would show in hundreds.
    expect((memoryMiB.at(-1) ?? 0) - (memoryMiB[0] ?? 0)).toBeLessThan(150);
  });
});
