import { silentLogger } from '@gatehouse/config-server-client/surroundings';
import type { PersonChange } from '@gatehouse/people-directory';
import { expect, it } from 'vitest';
import { startChaosProxy } from '../chaos-proxy.ts';
import { agent, connectTo, quickStandby, startServer, until, watchSuite } from '../harness.ts';
import { CheckedChanges } from './checked-changes.ts';
import { CountedCalls } from './counted-calls.ts';
import { disturb } from './disturbances.ts';
import { watchHeap } from './heap-watch.ts';

watchSuite();

/** `npm run soak` takes 600. */
const seconds = Number(process.env['SOAK_SECONDS'] ?? 4);

it('a long bad day: every call settles once, no change is lost without saying so, memory stays flat', {
  timeout: seconds * 1_000 + 60_000,
}, async () => {
  const handles = () => process.getActiveResourcesInfo().length;
  const handlesBefore = handles();
  const server = await startServer({
    log: silentLogger,
    limits: { registrationsPerSecondPerAddress: 1_000 },
  });
  const calls = new CountedCalls();
  server.faults.beforeRequest = (message) => calls.seenByServer(message);
  const proxies = [await startChaosProxy(server.port), await startChaosProxy(server.port)];
  const client = connectTo(proxies, {
    log: silentLogger,
    metrics: calls.metrics,
    standby: { ...quickStandby, failFastAfterMs: 500 },
    addp: { localTimeoutSeconds: 0.3, remoteTimeoutSeconds: 0.3, traceMode: 'off' },
  });
  const changes = new CheckedChanges();
  client.subscribePersons((change: PersonChange) => changes.take(change));
  const untilMs = performance.now() + seconds * 1_000;
  const isOver = () => performance.now() > untilMs;
  const pauseMs = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

  const caller = async () => {
    while (!isOver()) {
      await calls.run((name) =>
        client.authenticate({ ...agent, clientAddress: name }, { deadlineMs: 1_000 }),
      );
      await calls.run(() => client.readPersons({ tenant_dbid: 101 }, { deadlineMs: 1_000 }));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** Gives up at once or after the request was sent, whose answer then arrives at a tombstone. */
  const impatientCaller = async () => {
    for (let round = 0; !isOver(); round += 1) {
      const giveUp = new AbortController();
      const call = calls.run(() => client.readPersons({ tenant_dbid: 101 }, { signal: giveUp.signal }));
      await pauseMs(round % 3);
      giveUp.abort();
      await call;
    }
  };
  const writer = async () => {
    while (!isOver()) {
      changes.written += 1;
      await server.store.updatePerson(102, { lastName: String(changes.written) });
      await pauseMs(5);
    }
  };

  const heapWatch = watchHeap((seconds * 1_000) / 40);
  const disturber = disturb(server, proxies);
  await Promise.all([...Array.from({ length: 8 }, caller), impatientCaller(), writer()]);
  await disturber.stop();
  const heap = heapWatch.stop();
  await until(() => client.state === 'open', 'the client recovers', 30_000);
  // A connection that nobody has noticed to be dead takes a change with it, and a resync says so: the next one must come.
  do {
    const { resyncs } = changes.figures;
    changes.written += 1;
    await server.store.updatePerson(102, { lastName: String(changes.written) });
    const isSettled = () => changes.isComplete || changes.figures.resyncs > resyncs;
    await until(isSettled, 'changes are complete', 30_000);
  } while (!changes.isComplete);
  await Promise.all([client.close(), ...proxies.map((proxy) => proxy.close()), server.close()]);
  await until(() => handles() <= handlesBefore, 'all sockets and timers are gone');

  const { started, succeeded, pending, settledTwice, authenticatedTwice, failures } = calls;
  const figures = {
    seconds,
    disturbances: disturber.count,
    calls: { started, succeeded, pending, settledTwice, authenticatedTwice, failures },
    changes: changes.figures,
    heap,
    handles: { before: handlesBefore, after: handles() },
  };
  process.stdout.write(`soak: ${JSON.stringify(figures, null, 2)}\n`);
  expect(succeeded).toBeGreaterThan(0);
  // On a busy machine each takes longer.
  expect(disturber.count).toBeGreaterThan(seconds / 2);
  expect({ pending, settledTwice, authenticatedTwice }).toEqual({
    pending: 0,
    settledTwice: 0,
    authenticatedTwice: 0,
  });
  expect(changes.violations).toEqual([]);
  expect(heap.maxMiB - heap.minMiB).toBeLessThan(100);
  // Below that, a straight line through a few samples says nothing.
  if (seconds >= 60) expect(heap.trendMiBPerMinute).toBeLessThan(1);
});
