/** A simulator and a client for one test, and what watches them. */

import { type ConfigServerClient, createConfigServerClient } from '@gatehouse/config-server-client/client';
import type { ConfigServerClientOptions } from '@gatehouse/config-server-client/client-options';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery/static';
import type { Logger } from '@gatehouse/config-server-client/log';
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
};

/** What every server and client of this file logs, unless a test brings its own log. */
export const suiteLog = recordingLog();

/** Called once by each file of faults: nothing secret was logged, and nothing is left open. */
export function watchSuite(): void {
  const openSockets = () => process.getActiveResourcesInfo().filter((kind) => /^(TCP|TLS)/.test(kind)).length;
  const before = openSockets();
  afterAll(async () => {
    expect(suiteLog.lines.filter((line) => secrets.test(line))).toEqual([]);
    await until(() => openSockets() <= before, 'all sockets are closed');
  });
}

const secrets = /demo-\w+-password|[\w-]+-secret/;

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

export const agent = { userName: 'agent', password: 'demo-agent-password' };

/** Keeps every line as text, for looking for what must not be there. */
export function recordingLog(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const write = (fields: object, message: string) => {
    lines.push(`${message} ${describe(fields)}`);
  };
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
  const deadlineMs = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
