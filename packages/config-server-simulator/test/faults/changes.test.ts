import type { PersonChange } from '@gatehouse/people-directory';
import { describe, expect, it } from 'vitest';
import { startChaosProxy } from '../chaos-proxy.ts';
import { agent, connectTo, startServer, until, watchSuite } from '../harness.ts';

watchSuite();

describe('changes under stress', () => {
  it('a flood of 20 000 with a slow listener keeps its order and its memory, and polls are answered', async () => {
    const server = await startServer();
    const client = connectTo([server], {
      addp: { localTimeoutSeconds: 5, remoteTimeoutSeconds: 2, traceMode: 'off' },
    });
    let last = 0;
    let count = 0;
    let isOrdered = true;
    client.subscribePersons((change) => {
      if (change.kind !== 'updated') return;
      isOrdered &&= change.historyId > last;
      last = change.historyId;
      count += 1;
      if (count % 2_000 === 0) {
        const busyUntilMs = performance.now() + 5;
        while (performance.now() < busyUntilMs);
      }
    });
    await client.authenticate(agent);
    await client.readTenants({});
    const before = process.memoryUsage().rss;
    for (let index = 0; index < 20_000; index += 1) {
      await server.store.updatePerson(101, { lastName: `Name ${index}` });
      // A real flood comes over time: the server must not be asked to hold everything at once.
      if (index % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => count === 20_000, 'every change was told', 40_000);
    expect(isOrdered).toBe(true);
    expect(server.sessionCount()).toBe(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  }, 60_000);

  it('a client that does not take its bytes is dropped before the server’s memory grows', async () => {
    const server = await startServer({ limits: { sendBufferBytes: 256 * 1024 } });
    const proxy = await startChaosProxy(server.port);
    const client = connectTo([proxy]);
    const changes: PersonChange[] = [];
    client.subscribePersons((change) => changes.push(change));
    await client.authenticate(agent);
    await client.readTenants({});
    proxy.pauseServerSide();
    const comment = 'x'.repeat(60_000);
    for (let index = 0; index < 200 && server.sessionCount() > 0; index += 1) {
      await server.store.updatePerson(101, { comment: `${comment}${index}` });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(server.sessionCount()).toBe(0);
    proxy.reset();
    await until(() => client.state === 'open' && server.sessionCount() === 1, 'the client is back');
    await server.store.updatePerson(101, { lastName: 'At last' });
    await until(
      () => changes.some((change) => change.kind === 'updated' && change.delta.set.lastName === 'At last'),
      'changes flow again',
    );
  });

  it('none is lost between reading and subscribing, whatever the moment', async () => {
    const server = await startServer();
    let isDone = false;
    let written = 0;
    const writing = (async () => {
      while (!isDone) {
        written += 1;
        await server.store.updatePerson(101, { lastName: `Name ${written}` });
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const client = connectTo([server]);
    const names: string[] = [];
    let resyncs = 0;
    client.subscribePersons((change) => {
      if (change.kind === 'resync') resyncs += 1;
      if (change.kind === 'updated') names.push(String(change.delta.set.lastName));
    });
    for (let round = 0; round < 8; round += 1) {
      const seen = names.length;
      await until(() => names.length > seen + 20, 'changes flow');
      server.dropConnections();
    }
    isDone = true;
    await writing;
    await until(() => names.at(-1) === `Name ${written}`, 'the last change arrived');
    const first = Number(names[0]?.split(' ')[1]);
    expect(names).toEqual(Array.from({ length: written - first + 1 }, (_, index) => `Name ${first + index}`));
    expect(resyncs).toBe(0);
  });
});
