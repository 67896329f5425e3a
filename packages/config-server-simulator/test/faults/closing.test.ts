import net from 'node:net';
import type { ConfigServerClient } from '@gatehouse/config-server-client/client';
import type { Clock } from '@gatehouse/config-server-client/surroundings';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startChaosProxy } from '../chaos-proxy.ts';
import { startFullBacklog } from '../full-backlog.ts';
import {
  agent,
  closedPort,
  connectTo,
  countedClock,
  openSockets,
  quickStandby,
  startServer,
  until,
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

type Bring = (clock: Clock) => Promise<ConfigServerClient>;

/** Each prepares what is there before the client; what it returns brings a client into its situation. */
const situations: [string, () => Promise<Bring>][] = [
  [
    'while it waits for the first packet',
    async () => {
      const hole = await startFullBacklog();
      return async (clock) => connectTo([{ port: hole }], { clock, standby: patient });
    },
  ],
  [
    'while TLS is shaking hands',
    async () => {
      const mute = await startMute();
      return async (clock) => connectTo([mute], { clock, standby: patient, tls: {} });
    },
  ],
  [
    'while it waits to be registered',
    async () => {
      const mute = await startMute();
      return async (clock) => connectTo([mute], { clock, standby: patient });
    },
  ],
  [
    'in the pause between two rounds',
    async () => {
      const port = await closedPort();
      return async (clock) => {
        let failures = 0;
        const metrics = { connectionFailed: () => (failures += 1) };
        const client = connectTo([{ port }], { clock, standby: patient, metrics });
        await until(() => failures === 1, 'the round failed');
        return client;
      };
    },
  ],
  [
    'in the pause of a refused account',
    async () => {
      const server = await startServer();
      return async (clock) => {
        const client = connectTo([server], { clock, standby: patient, password: 'wrong-secret' });
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
      return async (clock) => {
        const client = connectTo([proxy], { clock, standby: patient });
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
      return async (clock) => {
        const client = connectTo([server], { clock, standby: patient });
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
      return async (clock) => {
        const client = connectTo([first, second], { clock });
        await client.authenticate(agent);
        let isAsked = false;
        first.faults.beforeRequest = () => {
          isAsked = true;
          return new Promise(() => undefined);
        };
        const login = client.authenticate(agent, { deadlineMs: 60_000 }).catch((error) => error.code);
        await until(() => isAsked, 'asked');
        void first.handOver(60_000);
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
      return async (clock) => {
        const client = connectTo([server], { clock });
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
      return async (clock) => {
        const client = connectTo([proxy, primary], { clock, standby: patient });
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
    '%s ends every call and leaves no socket and no timer, also when done twice',
    async (_name, prepare) => {
      pending = [];
      const bring = await prepare();
      const socketsBefore = openSockets();
      const clock = countedClock();
      const client = await bring(clock);
      const waiting = client.readTenants({}, { deadlineMs: 60_000 }).catch((error) => error.code);
      const isOpen = client.state === 'open';
      await Promise.all([client.close(), client.close()]);
      if (!isOpen) expect(await waiting).toBe('ClientClosed');
      else await waiting;
      for (const check of pending) await check();
      // Until the last bytes have left, and no longer.
      await until(() => clock.timers === 0 && openSockets() <= socketsBefore, 'all is released', 700);
      await expect(client.readTenants({})).rejects.toMatchObject({ code: 'ClientClosed' });
      expect(client.state).toBe('closed');
      await client.close();
    },
  );
});
