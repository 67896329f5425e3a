import { expect, it, onTestFinished, vi } from 'vitest';
import { createReferenceClock } from '../../src/reference-clock.ts';

const dayMs = 86_400_000;
const storeAtMs = Date.parse('2026-11-30T12:00:00Z');

/** A process, a machine and two stores whose clocks can be set; time passes by `pass` alone. */
function world({ machineAheadMs = 0, roundTripMs = 0 } = {}) {
  let passedMs = 0;
  const state = { machineAheadMs, postgresAheadMs: 0, redisAheadMs: 0, roundTripMs, isAway: false };
  const steps: number[] = [];
  const ask = (aheadMs: () => number) => async () => {
    if (state.isAway) throw new Error('away');
    passedMs += state.roundTripMs;
    return storeAtMs + passedMs - state.roundTripMs / 2 + aheadMs();
  };
  const clock = createReferenceClock({
    reference: { store: 'postgresql', ask: ask(() => state.postgresAheadMs) },
    compared: [{ store: 'redis', ask: ask(() => state.redisAheadMs) }],
    maxDifferenceMs: 3000,
    onStep: (ms) => steps.push(Math.round(ms)),
    systemMs: () => storeAtMs + passedMs + state.machineAheadMs,
    monotonicMs: () => passedMs,
  });
  const pass = (ms: number) => {
    passedMs += ms;
  };
  return {
    clock,
    state,
    steps,
    pass,
    /** How far the time that is given out is ahead of the right one. */
    aheadMs: () => clock.now() - (storeAtMs + passedMs),
  };
}

// attack: issue, revoke and delete by the clock of a machine that is days ahead | CWE-367, OWASP ASVS 7.4.2 | guard: packages/service-kit/src/reference-clock.ts
it.each([3_000, 40_000, 3_600_000, 100 * dayMs, 400 * dayMs])(
  'a machine that is %d ms ahead or behind gives out the time of PostgreSQL',
  async (ms) => {
    for (const machineAheadMs of [ms, -ms]) {
      const { clock, aheadMs } = world({ machineAheadMs });
      await clock.measure();
      expect(aheadMs()).toBe(0);
      expect(clock.trust.isTrusted).toBe(ms <= 3000);
      expect(clock.differences()).toContainEqual({ store: 'postgresql', ms: machineAheadMs });
    }
  },
);

it('nothing is trusted before the first measurement', async () => {
  const { clock } = world();
  expect(clock.trust.isTrusted).toBe(false);
  await clock.measure();
  expect(clock.trust.isTrusted).toBe(true);
});

it('a machine whose clock jumps while the process runs is not trusted from that moment on, and time goes on', async () => {
  const { clock, state, aheadMs, pass } = world();
  await clock.measure();
  state.machineAheadMs = 400 * dayMs;
  expect(clock.trust.isTrusted).toBe(false);
  pass(5000);
  await clock.measure();
  expect(aheadMs()).toBe(0);
  state.machineAheadMs = 0;
  expect(clock.trust.isTrusted).toBe(true);
});

// attack: revoke what was issued before PostgreSQL's clock was set back, and find it alive | CWE-367 | guard: packages/service-kit/src/reference-clock.ts
it('time never goes back when PostgreSQL is set back by a second, and has followed after two minutes', async () => {
  const { clock, state, aheadMs, pass } = world();
  await clock.measure();
  let lastMs = clock.now();
  state.postgresAheadMs = -1000;
  state.machineAheadMs = -1000;
  await clock.measure();
  expect(clock.now()).toBe(lastMs);
  for (let round = 0; round < 10; round += 1) {
    pass(10_000);
    await clock.measure();
    expect(clock.now()).toBeGreaterThanOrEqual(lastMs + 9_890);
    lastMs = clock.now();
  }
  pass(20_000);
  expect(aheadMs()).toBeCloseTo(-1000, -1);
});

// attack: jump with PostgreSQL's clock, so that every replica follows it | CWE-367 | guard: packages/service-kit/src/reference-clock.ts
it.each([3_600_000, 400 * dayMs, -3_600_000])(
  'no process follows a clock of PostgreSQL that jumps alone by %d ms, and none trusts it',
  async (ms) => {
    const { clock, state, steps, aheadMs, pass } = world();
    await clock.measure();
    state.postgresAheadMs = ms;
    pass(10_000);
    await clock.measure();
    expect(aheadMs()).toBe(0);
    expect(clock.trust.isTrusted).toBe(false);
    state.postgresAheadMs = 0;
    pass(10_000);
    await clock.measure();
    expect(clock.trust.isTrusted).toBe(true);
    expect(steps).toEqual([]);
  },
);

it('time follows a jump that PostgreSQL and the machine agree on, as after a machine that slept', async () => {
  const { clock, state, steps, aheadMs, pass } = world();
  await clock.measure();
  state.postgresAheadMs = 3_600_000;
  state.machineAheadMs = 3_600_000;
  state.redisAheadMs = 3_600_000;
  pass(10_000);
  await clock.measure();
  expect(aheadMs()).toBe(3_600_000);
  expect(steps).toEqual([3_600_000]);
  expect(clock.trust.isTrusted).toBe(true);
});

it('the offset is kept while PostgreSQL is away', async () => {
  const { clock, state, aheadMs, pass } = world({ machineAheadMs: 2000 });
  await clock.measure();
  state.isAway = true;
  pass(3_600_000);
  await expect(clock.measure()).rejects.toThrow('away');
  expect(aheadMs()).toBe(0);
  expect(clock.trust.isTrusted).toBe(true);
});

it('a slow answer is not taken for a wrong clock', async () => {
  const { clock } = world({ machineAheadMs: 3100, roundTripMs: 400 });
  await clock.measure();
  expect(clock.trust.isTrusted).toBe(true);
});

it('where the measurement cannot tell, two processes of a machine agree to the millisecond', async () => {
  const [one, other] = [world({ roundTripMs: 20 }), world({ roundTripMs: 3 })];
  for (const { state } of [one, other]) state.machineAheadMs = 1;
  await Promise.all([one.clock.measure(), other.clock.measure()]);
  expect([one.aheadMs(), other.aheadMs()]).toEqual([1, 1]);
});

it('a slow answer does not pull a right clock to a machine that is wrong', async () => {
  const { clock, state, aheadMs, pass } = world({ machineAheadMs: -280 });
  await clock.measure();
  state.roundTripMs = 600;
  await clock.measure();
  pass(10_000);
  expect(aheadMs()).toBe(0);
});

it('a Redis whose clock is wrong takes the trust away, and does not set the time', async () => {
  const { clock, state, aheadMs } = world();
  state.redisAheadMs = 60_000;
  await clock.measure();
  expect(clock.trust.isTrusted).toBe(false);
  expect(aheadMs()).toBe(0);
});

it('measures every ten seconds until it is stopped', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { clock, state } = world();
  clock.start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(clock.trust.isTrusted).toBe(true);
  clock.stop();
  state.postgresAheadMs = 60_000;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(clock.trust.isTrusted).toBe(true);
});
