/** A simulator and a client for one test, and what watches them. */
import net from 'node:net';
import {
  type ConfigServerClient,
  type ConfigServerClientOptions,
  createConfigServerClient,
} from '@gatehouse/config-server-client/client';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery';
import {
  type Clock,
  type Logger,
  systemClock,
  type Timer,
} from '@gatehouse/config-server-client/surroundings';
import { afterAll, expect, onTestFinished } from 'vitest';
import { demoSeed, demoServiceAccount } from '../src/seed/demo.ts';
import { type SimulatorOptions, startSimulator } from '../src/simulator.ts';

/** Times short enough for tests; the rules stay the same. */
export const quickStandby = {
  openTimeoutMs: 1_000,
  reconnectionRandomDelayMs: 20,
  backupDelayMs: 20,
  retryDelaysMs: [50, 100, 200],
  failFastAfterMs: 2_000,
  resyncSpreadMs: 20,
};

/** Every log and every output of this file. */
const heard: { readonly lines: readonly string[] }[] = [];

/** Has these lines looked through in the end, too. */
export function listenFor(secretsIn: { readonly lines: readonly string[] }): void {
  heard.push(secretsIn);
}

/** What every server and client of this file logs, unless a test brings its own log. */
export const suiteLog = recordingLog();

/** What must not be said: the passwords of the demo, and those that tests make up, which all end in `-secret`. */
const secrets = /demo-\w+-password|[\w-]+-secret/;

afterAll(() => {
  expect(heard.flatMap(({ lines }) => lines).filter((line) => secrets.test(line))).toEqual([]);
});

/** Called once by each file of faults: in the end no socket is open and no timer runs. */
export function watchSuite(): void {
  const before = openSockets();
  afterAll(() => until(() => openSockets() <= before && suiteClock.timers === 0, 'all is released'));
}

/** Sockets, servers and name look-ups of this process. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => /^(TCP|TLS|GetAddrInfo)/.test(kind)).length;
}

/** Real time, and how many timers run; those of the test runner are none of them. */
export function countedClock(): Clock & { readonly timers: number } {
  const running = new Set<Timer>();
  return {
    ...systemClock,
    get timers() {
      return running.size;
    },
    setTimer(delayMs, callback) {
      const timer = systemClock.setTimer(delayMs, () => {
        running.delete(counted);
        callback();
      });
      const counted = {
        cancel() {
          running.delete(counted);
          timer.cancel();
        },
      };
      running.add(counted);
      return counted;
    },
  };
}

/** What every server and client of this file lives by, unless a test brings its own clock. */
const suiteClock = countedClock();

export async function startServer(options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulator({
    port: 0,
    seed: demoSeed,
    hash: 'test',
    log: suiteLog,
    clock: suiteClock,
    ...options,
  });
  onTestFinished(() => simulator.close());
  return simulator;
}

type Port = { host?: string; port: number; role?: 'primary' | 'backup' | 'proxy'; readOnly?: boolean };

/** A client of servers on this machine; closed when the test ends. */
export function connectTo(
  servers: Port[],
  options: Partial<ConfigServerClientOptions> = {},
): ConfigServerClient {
  const client = createConfigServerClient({
    endpoints: staticEndpoints(
      servers.map(({ host, port, role, readOnly }) => ({
        host: host ?? '127.0.0.1',
        port,
        ...(role === undefined ? {} : { role }),
        ...(readOnly === undefined ? {} : { readOnly }),
      })),
    ),
    ...demoServiceAccount,
    standby: quickStandby,
    log: suiteLog,
    clock: suiteClock,
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

/** A port where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export const agent = { userName: 'agent', password: 'demo-agent-password' };

/** Keeps every line as text; in the end it is looked through for what must not be there. */
export function recordingLog(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const write = (fields: object, message: string) => {
    lines.push(`${message} ${describe(fields)}`);
  };
  listenFor({ lines });
  return { lines, debug: write, info: write, warn: write, error: write };
}

function describe(fields: object): string {
  return JSON.stringify(fields, (_key, value: unknown) =>
    value instanceof Error
      ? { ...value, message: value.message, stack: value.stack, cause: value.cause }
      : value,
  );
}

/** Waits for a condition by looking again at every turn of the event loop; fails after `withinMs`. */
export async function until(condition: () => boolean, what: string, withinMs = 5_000): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
