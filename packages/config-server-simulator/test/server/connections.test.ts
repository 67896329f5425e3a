import net from 'node:net';
import { defaultWireLimits, ocpWire } from '@gatehouse/config-server-client/wire';
import { RawConnection, registration } from '@gatehouse/config-server-conformance';
import { describe, expect, it, onTestFinished } from 'vitest';
import { demoServiceAccount } from '../../src/seed/demo.ts';
import { agent, connectTo, recordingLog, startServer, until, watchSuite } from '../harness.ts';

watchSuite();

async function open(port: number): Promise<RawConnection> {
  const connection = await RawConnection.open({ host: '127.0.0.1', port });
  onTestFinished(() => connection.end());
  return connection;
}

async function openRegistered(port: number): Promise<RawConnection> {
  const connection = await open(port);
  const body = registration({
    target: { host: '127.0.0.1', port },
    application: demoServiceAccount.applicationName,
    account: demoServiceAccount,
    user: agent,
  });
  connection.send('RequestRegisterClient', body, 1);
  await connection.expect('EventClientRegistered', 1);
  return connection;
}

describe('a connection that is one too many', () => {
  it('is told so, also when it has spoken already, and there is room again when another one leaves', async () => {
    const server = await startServer({ limits: { connectionsPerAddress: 1 } });
    const first = await open(server.port);
    const second = await open(server.port);
    second.write(Buffer.alloc(100_000));
    expect(await second.next('close')).toMatchObject({ code: 'too-many-connections' });
    await second.expectClosed();
    first.end();
    await until(() => server.sessionCount() === 0, 'the first one is gone');
    await expect(connectTo([server]).authenticate(agent)).resolves.toBeDefined();
  });

  it('is overload for a client, which comes again later', async () => {
    const log = recordingLog();
    const server = await startServer({ limits: { connectionsPerAddress: 1 }, log });
    const first = await openRegistered(server.port);
    const client = connectTo([server]);
    const waiting = client.authenticate(agent);
    const wasTurnedAway = () => log.lines.some((line) => line.startsWith('too many connections'));
    await until(wasTurnedAway, 'the client was turned away');
    first.end();
    await expect(waiting).resolves.toBeDefined();
  });
});

describe('a client that polls and does not read', () => {
  it('is dropped before the answers fill the memory', async () => {
    const log = recordingLog();
    const server = await startServer({ limits: { sendBufferBytes: 256 * 1024 }, log });
    // Nobody listens to its data, so nothing is read.
    const socket = net.connect({ host: '127.0.0.1', port: server.port });
    onTestFinished(() => void socket.destroy());
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    const wire = ocpWire().createSession('client', defaultWireLimits);
    const polls = Buffer.concat(Array.from({ length: 4_096 }, () => wire.encodePing(7n)));
    const wasDropped = () => log.lines.some((line) => line.includes('slow-consumer'));
    for (let sent = 0; sent < 400 && !wasDropped() && !socket.destroyed; sent += 1) {
      await new Promise((resolve) => socket.write(polls, resolve));
    }
    expect(wasDropped()).toBe(true);
    socket.resume();
    await ended;
  });
});

describe('reference id 0', () => {
  it('ends the connection of a client that asks under it', async () => {
    const server = await startServer();
    const connection = await openRegistered(server.port);
    connection.send('RequestReadAccount', {}, 0);
    expect(await connection.next('close')).toMatchObject({
      code: 'protocol-violation',
      text: 'a request needs a reference id',
    });
    await connection.expectClosed();
  });

  it('ends it as well when the request cannot be read', async () => {
    const server = await startServer();
    const connection = await openRegistered(server.port);
    connection.send('RequestReadObjects', { objectType: 'person' }, 0);
    expect(await connection.next('close')).toMatchObject({ code: 'protocol-violation' });
    await connection.expectClosed();
  });
});

describe('requests beyond those that may be in flight', () => {
  it('are refused one by one, and those before them are answered', async () => {
    const server = await startServer({ limits: { maxInFlight: 4 } });
    const connection = await openRegistered(server.port);
    const gate = Promise.withResolvers<void>();
    server.faults.beforeRequest = () => gate.promise;
    for (let id = 10; id < 16; id += 1) connection.send('RequestReadAccount', {}, id);
    for (let id = 14; id < 16; id += 1) {
      const refused = await connection.expectError('Overloaded', id);
      expect(refused).toMatchObject({ retryable: true, retryAfterMs: expect.any(Number) });
    }
    gate.resolve();
    for (let id = 10; id < 14; id += 1) await connection.expect('EventAccountRead', id);
  });
});

describe('an application that the server does not know', () => {
  const asking = (port: number, application: string, password: string) =>
    registration({
      target: { host: '127.0.0.1', port },
      application,
      account: { ...demoServiceAccount, password },
      user: agent,
    });

  it('is refused in the words of a wrong password, whatever the password', async () => {
    const server = await startServer();
    const refusals = await Promise.all(
      [
        asking(server.port, demoServiceAccount.applicationName, 'wrong-secret'),
        asking(server.port, 'unknown', 'wrong-secret'),
        asking(server.port, 'unknown', demoServiceAccount.password),
      ].map(async (body) => {
        const connection = await open(server.port);
        connection.send('RequestRegisterClient', body, 1);
        return connection.expectError('AuthenticationFailed', 1);
      }),
    );
    expect(refusals[1]).toEqual(refusals[0]);
    expect(refusals[2]).toEqual(refusals[0]);
  });

  it('waits its turn, as a wrong password does: many tries at once are judged one after the other', async () => {
    const { applicationName, userName, password } = demoServiceAccount;
    const server = await startServer({
      hash: 'scrypt',
      // Whoever does not wait finds no place here.
      hashQueue: { concurrency: 1, threshold: 0 },
      seed: {
        applications: [{ name: applicationName }],
        persons: [{ tenant: 'ENVIRONMENT', userName, password }],
      },
    });
    for (const application of [applicationName, 'unknown']) {
      const connections = await Promise.all([1, 2, 3].map(() => open(server.port)));
      for (const connection of connections)
        connection.send('RequestRegisterClient', asking(server.port, application, 'wrong-secret'), 1);
      for (const connection of connections) await connection.expectError('AuthenticationFailed', 1);
    }
  });

  it('costs a hash, as a wrong password does', async () => {
    // Nobody gets a hash here: whoever needs one is told so.
    const server = await startServer({ hashQueue: { concurrency: 0, threshold: 0 } });
    for (const application of [demoServiceAccount.applicationName, 'unknown']) {
      const connection = await open(server.port);
      connection.send('RequestRegisterClient', asking(server.port, application, 'wrong-secret'), 1);
      await connection.expectError('CFGForcedDisconnect', 1);
    }
  });
});

describe('the log', () => {
  it('has no line that is as long as a client likes', async () => {
    const log = recordingLog();
    const server = await startServer({ log });
    const connection = await openRegistered(server.port);
    const filter = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key-${index}`, index]));
    connection.send('RequestReadObjects', { objectType: 3, filter }, 10);
    await connection.expectError('InvalidFilter', 10);
    const subscriptions = Array.from({ length: 1_000 }, (_, index) => ({ objectType: 3, dbid: index + 1 }));
    connection.send('RequestRegisterNotification', { subscriptions }, 11);
    await connection.expect('EventNotificationRegistered', 11);
    await until(() => log.lines.some((line) => line.includes('RegisterNotification')), 'it is logged');
    expect(Math.max(...log.lines.map((line) => line.length))).toBeLessThan(1_000);
  });
});
