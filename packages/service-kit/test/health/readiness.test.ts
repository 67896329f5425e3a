import { expect, test } from 'vitest';
import { Secret } from '../../src/crypto/secret.ts';
import { createReadiness } from '../../src/health/readiness.ts';
import { createDrain } from '../../src/http/drain.ts';
import { createManagementApp } from '../../src/http/process/management.ts';
import { createMetrics } from '../../src/observability/metrics/registry.ts';

function flaky() {
  const state = { fails: false };
  const readiness = createReadiness(
    [
      {
        name: 'redis',
        check: async () => {
          if (state.fails) throw new Error('connection refused');
        },
      },
    ],
    { failureThreshold: 3 },
  );
  return { state, readiness };
}

test('nothing is ready before the first good answer', async () => {
  const { readiness } = flaky();
  expect(readiness.isReady).toBe(false);
  await readiness.probe();
  expect(readiness.isReady).toBe(true);
});

test('two lost probes change nothing, the third does, one good answer brings it back', async () => {
  const { state, readiness } = flaky();
  await readiness.probe();
  state.fails = true;
  await readiness.probe();
  await readiness.probe();
  expect(readiness.isReady).toBe(true);
  await readiness.probe();
  expect(readiness.isReady).toBe(false);
  expect(readiness.states[0]?.reason).toBe('connection refused');
  state.fails = false;
  await readiness.probe();
  expect(readiness.isReady).toBe(true);
});

test('a check that hangs fails within its budget', async () => {
  const readiness = createReadiness([{ name: 'slow', check: () => new Promise(() => undefined) }], {
    budgetMs: 20,
  });
  await readiness.probe();
  expect(readiness.states[0]?.reason).toBe('no answer within 20 ms');
});

test('the management port tells liveness, readiness, metrics and the configuration without secrets', async () => {
  const { readiness } = flaky();
  const drain = createDrain();
  const app = createManagementApp({
    service: 'example',
    version: '1.0.0',
    readiness,
    drain,
    metrics: createMetrics(),
    config: { password: new Secret('hunter2'), redis: { url: 'redis://user:hunter2@redis.example:6379/1' } },
  });
  expect((await app.inject('/healthz')).statusCode).toBe(200);
  expect((await app.inject('/readyz')).statusCode).toBe(503);
  await readiness.probe();
  expect((await app.inject('/readyz')).json()).toEqual({ status: 'UP', draining: false, failing: [] });
  expect((await app.inject('/health')).json()).toEqual({
    status: 'UP',
    components: { redis: { status: 'UP' } },
  });
  drain.isDraining = true;
  expect((await app.inject('/readyz')).statusCode).toBe(503);
  expect((await app.inject('/healthz')).statusCode).toBe(200);
  expect((await app.inject('/metrics')).body).toContain('process_cpu_seconds_total');
  expect((await app.inject('/info')).json().config).toEqual({
    password: '[secret]',
    redis: { url: 'redis://user:[secret]@redis.example:6379/1' },
  });
  await app.close();
});

test('an advisory check is shown with its reason and takes nothing out of service', async () => {
  const readiness = createReadiness([
    {
      name: 'links',
      isAdvisory: true,
      check: () => Promise.reject(new Error('environment e1: no server answers')),
    },
  ]);
  await readiness.probe();
  expect(readiness.isReady).toBe(true);
  const app = createManagementApp({
    service: 'example',
    version: '1.0.0',
    readiness,
    drain: createDrain(),
    metrics: createMetrics({ processMetrics: false }),
    config: {},
  });
  expect((await app.inject('/readyz')).json()).toEqual({ status: 'UP', draining: false, failing: [] });
  expect((await app.inject('/health')).json()).toEqual({
    status: 'UP',
    components: { links: { status: 'DOWN', reason: 'environment e1: no server answers' } },
  });
  await app.close();
});
