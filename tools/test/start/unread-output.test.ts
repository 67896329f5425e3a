/** The three services as processes whose output nobody takes: they serve, count what they drop, and end in time. */
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { randomBytes } from '@gatehouse/service-kit/crypto';
import { freePort } from '@gatehouse/testing/network';
import { startPostgres } from '@gatehouse/testing/postgres';
import { startRedisServer } from '@gatehouse/testing/redis';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createPausedPipe } from './paused-pipe.ts';
import { migrateService, type Name, startProcess, terminate } from './service-process.ts';

const secret = () => randomBytes(24).toString('base64url');
const env = {
  GATEHOUSE_MODE: 'local',
  GATEHOUSE_PUBLIC_URL: 'https://login.test',
  GATEHOUSE_AUTH_API_URL: 'http://127.0.0.1:1',
  GATEHOUSE_ENVIRONMENT_API_URL: 'http://127.0.0.1:1',
  GATEHOUSE_SERVICE_CLIENT_ID: 'services',
  GATEHOUSE_SERVICE_CLIENT_SECRET: secret(),
  GATEHOUSE_OPS_USERNAME: 'ops',
  GATEHOUSE_OPS_PASSWORD: secret(),
  GATEHOUSE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  GATEHOUSE_DRAIN_DELAY_MS: '0',
  LOG_BUFFER_BYTES: '65536',
  // A write that waits in the only thread would stop files, names and passwords.
  UV_THREADPOOL_SIZE: '1',
};
const services: Name[] = ['auth-api', 'auth-ui', 'environment-api'];
let stores: Record<string, string>;
const closings: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const [postgres, redis] = await Promise.all([
    startPostgres(),
    startRedisServer({ port: await freePort() }),
  ]);
  closings.push(postgres.close, () => redis.stop('SIGKILL'));
  stores = { ...env, GATEHOUSE_POSTGRES_URL: postgres.url, GATEHOUSE_REDIS_URL: redis.url };
  await Promise.all([migrateService('auth-api', stores), migrateService('environment-api', stores)]);
}, 120_000);

afterAll(async () => {
  for (const close of closings) await close();
});

/** Each leaves a line of more than a kilobyte. */
async function beRefused(url: string, requests: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  onTestFinished(() => agent.destroy());
  const path = `/nothing${'/'.repeat(1000)}`;
  const statuses = Array.from(
    { length: requests },
    () =>
      new Promise((resolve, reject) => {
        get(`${url}${path}`, { agent }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        }).on('error', reject);
      }),
  );
  const counts: Record<string, number> = {};
  for (const status of await Promise.all(statuses))
    counts[String(status)] = (counts[String(status)] ?? 0) + 1;
  return counts;
}

/** @throws Error as soon as the service has ended */
async function untilServing({ url, child }: Awaited<ReturnType<typeof startProcess>>) {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the service has ended')));
  const serving = vi.waitFor(async () => expect(await beRefused(url, 1)).toEqual({ 404: 1 }), {
    timeout: 60_000,
  });
  await Promise.race([serving, ended]);
  expect(await beRefused(url, 200)).toEqual({ 404: 200 });
}

async function droppedLines(managementUrl: string, output = 'stdout'): Promise<number> {
  const text = await (await fetch(`${managementUrl}/metrics`)).text();
  const [, count] =
    new RegExp(`^gatehouse_log_lines_dropped_total{output="${output}"} (\\d+)`, 'm').exec(text) ?? [];
  return Number(count);
}

// attack: a log that nobody reads stops the service | CWE-400, CWE-833 | guard: packages/service-kit/src/observability/logging/output.ts
it.each(services)(
  '%s answers 2 000 refused requests while nobody reads its output, and the next line tells how many lines are missing',
  async (name) => {
    const [stdout, stderr] = [createPausedPipe(), createPausedPipe()];
    const service = await startProcess(name, stores, { stdout: stdout.writer, stderr: stderr.writer });
    for (const pipe of [stdout, stderr]) pipe.closeWriter();
    await vi.waitFor(() => expect(stdout.read()).toContain('is listening'), { timeout: 60_000 });

    expect(await beRefused(service.url, 2_000)).toEqual({ 404: 2_000 });
    expect((await service.management('/healthz')).status).toBe(200);
    expect(await droppedLines(service.managementUrl)).toBeGreaterThan(500);

    // The service goes on writing: lines of its own may be dropped until somebody reads.
    const missing = () => {
      const lines = stdout.read().split('\n').slice(0, -1);
      return lines.map((text) => JSON.parse(text)).filter((line) => 'dropped' in line);
    };
    await vi.waitFor(() => expect(missing()).not.toEqual([]), { timeout: 20_000 });
    expect(missing()).toEqual([
      expect.objectContaining({
        level: 'warn',
        service: name,
        dropped: await droppedLines(service.managementUrl),
      }),
    ]);

    expect(await beRefused(service.url, 100)).toEqual({ 404: 100 });
    const { code, tookMs } = await terminate(service.child);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(2000);
  },
  120_000,
);

// attack: a full disk under the log ends the service | CWE-400, CWE-755 | guard: packages/service-kit/src/observability/logging/output.ts
it.each(services)(
  '%s serves and ends well with a full disk under its output',
  async (name) => {
    const full = openSync('/dev/full', 'w');
    const service = await startProcess(name, stores, { stdout: full, stderr: full });
    closeSync(full);
    await untilServing(service);
    expect((await service.management('/healthz')).status).toBe(200);
    expect(await droppedLines(service.managementUrl)).toBeGreaterThan(0);
    const { code, tookMs } = await terminate(service.child);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(2000);
  },
  90_000,
);

// attack: the reader of the log goes away | CWE-400, CWE-755 | guard: packages/service-kit/src/observability/logging/output.ts
it.each(services)(
  '%s serves and ends well when the reader of its output has gone',
  async (name) => {
    const pipe = createPausedPipe();
    const service = await startProcess(name, stores, { stdout: pipe.writer, stderr: pipe.writer });
    pipe.closeWriter();
    pipe.close();
    await untilServing(service);
    expect((await service.management('/healthz')).status).toBe(200);
    expect(await droppedLines(service.managementUrl)).toBeGreaterThan(0);
    const { code, tookMs } = await terminate(service.child);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(2000);
  },
  90_000,
);
