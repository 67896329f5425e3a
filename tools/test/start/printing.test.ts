/** Lets a process print beside its log: nothing of it waits for a reader. */
import { once } from 'node:events';
import { expect, it, vi } from 'vitest';
import { createPausedPipe } from './paused-pipe.ts';
import { startProcess } from './service-process.ts';

const env = { GATEHOUSE_DRAIN_DELAY_MS: '0', LOG_BUFFER_BYTES: '65536', UV_THREADPOOL_SIZE: '1' };

async function startPrinting(extra: Record<string, string> = {}) {
  const [stdout, stderr] = [createPausedPipe(), createPausedPipe()];
  const service = await startProcess(
    'printing',
    { ...env, ...extra },
    { stdout: stdout.writer, stderr: stderr.writer },
  );
  for (const pipe of [stdout, stderr]) pipe.closeWriter();
  await vi.waitFor(() => expect(stdout.read()).toContain('is listening'), { timeout: 60_000 });
  const ask = async (path: string) =>
    (await fetch(`${service.url}${path}`, { signal: AbortSignal.timeout(15_000) })).status;
  return { ...service, stdout, stderr, ask };
}

// attack: standard error that nobody reads stops the service | CWE-400, CWE-833 | guard: packages/service-kit/src/observability/logging/outputs.ts
it('console and warnings of Node that nobody reads stop nothing, and are counted', async () => {
  const { ask, stderr, managementUrl } = await startPrinting();
  expect(await ask('/print')).toBe(200);
  expect(await ask('/print')).toBe(200);
  expect(await ask('/compute')).toBe(200);
  const metrics = await (await fetch(`${managementUrl}/metrics`)).text();
  const [, dropped] = /dropped_total{output="stderr"} (\d+)/.exec(metrics) ?? [];
  expect(Number(dropped)).toBeGreaterThan(1000);

  await vi.waitFor(() => expect(stderr.read()).toContain(`${dropped} lines are missing here`));
  expect(stderr.read()).toMatch(/^0 x+\n1 x+\n/);
});

it('files, names and passwords work while nobody reads the log', async () => {
  const { ask } = await startPrinting();
  expect(await ask('/log')).toBe(200);
  expect(await ask('/compute')).toBe(200);
});

it('lines for people are dropped and counted in the same way', async () => {
  const { ask, stdout } = await startPrinting({ LOG_FORMAT: 'pretty' });
  expect(await ask('/log')).toBe(200);
  await vi.waitFor(() =>
    expect(stdout.read()).toMatch(/WARN.*: log lines are missing here.*\n\s+dropped: \d+\n/),
  );
});

it('a reader that comes back, after the pipe had none, gets the next lines', async () => {
  const { ask, stdout } = await startPrinting();
  stdout.close();
  expect(await ask('/log')).toBe(200);
  stdout.open();
  await vi.waitFor(() => expect(stdout.read()).toMatch(/"dropped":\d+,/));
});

it('the line of a crash is written, and the process ends with 1', async () => {
  const { ask, child, stdout } = await startPrinting();
  const ended = once(child, 'exit');
  await ask('/crash').catch(() => undefined);
  expect(await ended).toEqual([1, null]);
  expect(stdout.read()).toMatch(/"level":"fatal".*the roof is on fire/);
});

// attack: a crash waits for somebody who reads its line | CWE-833 | guard: packages/service-kit/src/observability/logging/output.ts
it('a crash whose line nobody reads ends in time', async () => {
  const { ask, child } = await startPrinting();
  expect(await ask('/log')).toBe(200);
  const atMs = performance.now();
  const ended = once(child, 'exit');
  await ask('/crash').catch(() => undefined);
  expect(await ended).toEqual([1, null]);
  expect(performance.now() - atMs).toBeLessThan(5000);
});
