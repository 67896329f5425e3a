import type { ConfigServerClient } from '@gatehouse/config-server-client/client';
import { headerBytes, type MessageName, messageCatalogue } from '@gatehouse/config-server-client/wire';
import type { PersonChange } from '@gatehouse/people-directory';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../src/simulator.ts';
import { agent, connectTo, recordingLog, startServer, until, watchSuite } from '../harness.ts';

watchSuite();

function listenTo(client: ConfigServerClient): PersonChange[] {
  const changes: PersonChange[] = [];
  client.subscribePersons((change) => changes.push(change));
  return changes;
}

/** What stands in the frames of this message is no CBOR any more; gives the frames it did that to. */
function spoil(server: Simulator, name: MessageName): { count: number } {
  const spoilt = { count: 0 };
  server.faults.onBytes = (bytes) => {
    if (Buffer.from(bytes).readUInt16BE(4) !== messageCatalogue[name].id) return bytes;
    spoilt.count += 1;
    return bytes.with(headerBytes, 0xff);
  };
  return spoilt;
}

function nameAt(changes: readonly PersonChange[]): unknown {
  const last = changes.at(-1);
  return last?.kind === 'updated' ? last.delta.set.lastName : last?.kind;
}

describe('what was missed is said to be missed', () => {
  it('when the very first subscription was cut off before its answer', async () => {
    const server = await startServer();
    server.faults.onAnswer = (answer, refId, send) => {
      if (answer.name !== 'EventNotificationRegistered') return send(answer, refId);
      delete server.faults.onAnswer;
      server.dropConnections();
      void server.store.updatePerson(101, { lastName: 'Between' });
    };
    const client = connectTo([server]);
    const changes = listenTo(client);
    await until(() => changes.length > 0, 'something is told');
    expect(changes).toEqual([{ kind: 'resync' }]);
    await server.store.updatePerson(101, { lastName: 'After' });
    await until(() => nameAt(changes) === 'After', 'changes flow');
  });

  it('when an event cannot be decoded; the connection stays', async () => {
    const server = await startServer();
    const log = recordingLog();
    const client = connectTo([server], { log });
    const changes = listenTo(client);
    await client.readTenants({});
    const spoilt = spoil(server, 'EventObjectUpdated');
    for (let count = 0; count < 20; count += 1)
      await server.store.updatePerson(101, { lastName: `Unseen ${count}` });
    await until(() => spoilt.count === 20 && changes.length > 0, 'the gap is told');
    delete server.faults.onBytes;
    await server.store.updatePerson(101, { lastName: 'Seen' });
    await until(() => nameAt(changes) === 'Seen', 'changes flow');
    expect(changes.slice(0, -1).every(({ kind }) => kind === 'resync')).toBe(true);
    expect(server.sessionCount()).toBe(1);
    expect(log.lines.filter((line) => line.startsWith('unreadable message'))).toHaveLength(5);
  });

  it('when a page of the history cannot be read, which is asked for once', async () => {
    const server = await startServer();
    const asked: string[] = [];
    server.faults.beforeRequest = ({ name }) => {
      asked.push(name);
    };
    const client = connectTo([server]);
    const changes = listenTo(client);
    await client.readTenants({});
    const spoilt = spoil(server, 'EventHistoryLog');
    server.dropConnections();
    await server.store.updatePerson(101, { lastName: 'Meanwhile' });
    await until(() => changes.length > 0, 'the gap is told');
    expect(changes).toEqual([{ kind: 'resync' }]);
    await server.store.updatePerson(101, { lastName: 'After' });
    await until(() => nameAt(changes) === 'After', 'changes flow');
    expect(spoilt.count).toBe(1);
    expect(asked.filter((name) => name === 'RequestHistoryLog')).toHaveLength(1);
    // What was read again is not asked for again after the next loss.
    delete server.faults.onBytes;
    server.dropConnections();
    await server.store.updatePerson(101, { lastName: 'Later' });
    await until(() => nameAt(changes) === 'Later', 'changes flow after the next loss');
    expect(changes.filter(({ kind }) => kind === 'resync')).toHaveLength(1);
  });

  // attack: history of changes without end | CWE-770 | guard: packages/config-server-client/src/changes/read-history.ts
  it('when the history is longer than anybody wants to read', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    const changes = listenTo(client);
    await client.authenticate(agent);
    await client.readTenants({});
    server.faults.onConnection = () => 'close';
    server.dropConnections();
    const comment = 'x'.repeat(60_000);
    for (let count = 0; count < 600; count += 1)
      await server.store.updatePerson(101, { comment: `${comment}${count}` });
    server.faults.onConnection = () => 'serve';
    await until(() => changes.length > 0, 'the gap is told', 10_000);
    expect(changes).toEqual([{ kind: 'resync' }]);
    await server.store.updatePerson(101, { lastName: 'After' });
    await until(() => nameAt(changes) === 'After', 'changes flow');
  });
});
