import net from 'node:net';
import type { ConfigServerClient } from '@gatehouse/config-server-client/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startChaosProxy } from '../chaos-proxy.ts';
import { startFullBacklog } from '../full-backlog.ts';
import {
  agent,
  closedPort,
  connectTo,
  handles,
  quickStandby,
  startServer,
  until,
  untilReleased,
  watchSuite,
} from '../harness.ts';

watchSuite();

/** Whatever is not ended by the close itself would run for a minute. */
const patient = {
  ...quickStandby,
  openTimeoutMs: 60_000,
  reconnectionRandomDelayMs: 60_000,
  backupDelayMs: 60_000,
  retryDelaysMs: [60_000],
  failFastAfterMs: 60_000,
};

/** A server that takes connections, and never says a word. */
async function startMute(): Promise<{ port: number }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as net.AddressInfo).port };
}

/** Each prepares what is there before the client; what it returns brings a client into its situation. */
const situations: [string, () => Promise<() => Promise<ConfigServerClient>>][] = [
  [
    'while it waits for the first packet',
    async () => {
      const hole = await startFullBacklog();
      return async () => connectTo([{ port: hole }], { standby: patient });
    },
  ],
  [
    'while TLS is shaking hands',
    async () => {
      const mute = await startMute();
      return async () => connectTo([mute], { standby: patient, tls: {} });
    },
  ],
  [
    'while it waits to be registered',
    async () => {
      const mute = await startMute();
      return async () => connectTo([mute], { standby: patient });
    },
  ],
  [
    'in the pause between two rounds',
    async () => {
      const port = await closedPort();
      return async () => {
        let failures = 0;
        const metrics = { connectionFailed: () => (failures += 1) };
        const client = connectTo([{ port }], { standby: patient, metrics });
        await until(() => failures === 1, 'the round failed');
        return client;
      };
    },
  ],
  [
    'in the pause of a refused account',
    async () => {
      const server = await startServer();
      return async () => {
        const client = connectTo([server], { standby: patient, password: 'wrong-secret' });
        await until(() => client.stateReason?.includes('is refused (') === true, 'refused');
        return client;
      };
    },
  ],
  [
    'in the pause after a loss, which the network made without a word',
    async () => {
      const server = await startServer();
      const proxy = await startChaosProxy(server.port);
      return async () => {
        const client = connectTo([proxy], { standby: patient });
        await client.authenticate(agent);
        proxy.reset();
        await until(() => client.state !== 'open', 'lost');
        return client;
      };
    },
  ],
  [
    'with requests in flight and a thousand more waiting',
    async () => {
      const server = await startServer();
      return async () => {
        const client = connectTo([server], { standby: patient });
        await client.authenticate(agent);
        server.faults.beforeRequest = () => new Promise(() => undefined);
        const calls = Array.from({ length: 1_000 }, () => client.readPersons({ dbid: 101 }));
        const outcomes = Promise.allSettled(calls);
        pending.push(async () => {
          const codes = (await outcomes).map(
            (outcome) => outcome.status === 'rejected' && outcome.reason.code,
          );
          expect(codes).toEqual(Array(1_000).fill('ClientClosed'));
        });
        return client;
      };
    },
  ],
  [
    'while a server that goes away still works on a request',
    async () => {
      const first = await startServer();
      const second = await startServer();
      return async () => {
        const client = connectTo([first, second]);
        await client.authenticate(agent);
        let isAsked = false;
        first.faults.beforeRequest = () => {
          isAsked = true;
          return new Promise(() => undefined);
        };
        const login = client.authenticate(agent, { deadlineMs: 60_000 }).catch((error) => error.code);
        await until(() => isAsked, 'asked');
        void first.stepDown(60_000);
        await until(() => client.endpoint?.endsWith(`:${second.port}`) === true, 'moved');
        pending.push(async () => expect(await login).toBe('ClientClosed'));
        return client;
      };
    },
  ],
  [
    'with a subscription that is refused, and tried again later',
    async () => {
      const server = await startServer();
      server.faults.onAnswer = (answer, refId, send) => {
        const isSubscription = answer.name === 'EventNotificationRegistered';
        const error = { error: 'Overloaded', description: 'later', retryable: true };
        send(isSubscription ? { name: 'EventError', body: error } : answer, refId);
      };
      return async () => {
        const client = connectTo([server]);
        client.subscribePersons(() => undefined);
        await client.authenticate(agent);
        return client;
      };
    },
  ],
  [
    'with a connection for changes that is kept for the next one',
    async () => {
      const proxy = await startServer({ role: 'proxy' });
      const primary = await startServer();
      return async () => {
        const client = connectTo([proxy, primary], { standby: patient });
        await client.authenticate(agent);
        const { userName, password: oldPassword } = agent;
        await client.changePassword({ userName, oldPassword, newPassword: 'moved-secret' });
        return client;
      };
    },
  ],
];

/** What is to be true of the calls of the current situation once it is closed. */
let pending: (() => Promise<void>)[] = [];

describe('closing a client', () => {
  it.each(situations)(
    '%s ends every call and leaves no handle, also when done twice',
    async (_name, prepare) => {
      pending = [];
      const bring = await prepare();
      const before = handles();
      const client = await bring();
      const waiting = client.readTenants({}, { deadlineMs: 60_000 }).catch((error) => error.code);
      const isOpen = client.state === 'open';
      await Promise.all([client.close(), client.close()]);
      if (!isOpen) expect(await waiting).toBe('ClientClosed');
      else await waiting;
      for (const check of pending) await check();
      await untilReleased(before, 700);
      await expect(client.readTenants({})).rejects.toMatchObject({ code: 'ClientClosed' });
      expect(client.state).toBe('closed');
      await client.close();
    },
  );
});
