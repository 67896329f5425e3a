/** A simulator and a client for one test, and what watches them. */
import net from 'node:net';
import { type ConfigServerClient, createConfigServerClient } from '@gatehouse/config-server-client/client';
import type { ConfigServerClientOptions } from '@gatehouse/config-server-client/client-options';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery/static';
import type { Logger } from '@gatehouse/config-server-client/log';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { demoSeed, demoServiceAccount } from '../src/seed/demo.ts';
import { type SimulatorOptions, startSimulator } from '../src/simulator.ts';

/** Times short enough for tests; the rules stay the same. */
export const quickStandby = {
  openTimeoutMs: 1_000,
  reconnectionRandomDelayMs: 20,
  backupDelayMs: 20,
  retryDelaysMs: [50, 100, 200],
  failFastAfterMs: 2_000,
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

/** Called once by each file of faults: in the end nothing keeps the process alive. */
export function watchSuite(): void {
  let before: Handles = {};
  beforeAll(() => {
    before = handles();
  });
  afterAll(() => untilReleased(before));
}

type Handles = Record<string, number>;

/** What keeps the process alive now: sockets, timers and the like, by kind. */
export function handles(): Handles {
  const counts: Handles = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (/^(TCP|TLS|Timeout|GetAddrInfo|Process)/.test(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Waits until there is no more of any kind than `before`. */
export async function untilReleased(before: Handles, withinMs = 5_000): Promise<void> {
  const isReleased = () => Object.entries(handles()).every(([kind, count]) => count <= (before[kind] ?? 0));
  await until(isReleased, 'nothing keeps the process alive', withinMs).catch(() => {
    expect(handles()).toEqual(before);
  });
}

export async function startServer(options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulator({
    port: 0,
    seed: demoSeed,
    hash: 'test',
    log: suiteLog,
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
