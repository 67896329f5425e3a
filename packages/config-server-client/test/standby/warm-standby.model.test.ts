import type { ConfigServerError } from '@gatehouse/people-directory';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Condition, createWorld } from './standby-world.ts';

const conditions: Condition[] = [
  'up',
  'up',
  'ConnectionRefused',
  'NotPrimary',
  'ConnectTimeout',
  'ConnectionLost',
];

const step = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 40_000 }) }),
  fc.record({
    kind: fc.constant('change' as const),
    host: fc.constantFrom('primary', 'backup'),
    to: fc.constantFrom(...conditions),
  }),
  fc.record({ kind: fc.constant('lose' as const) }),
  fc.record({ kind: fc.constant('leave' as const) }),
  fc.record({ kind: fc.constant('call' as const), deadlineMs: fc.integer({ min: 0, max: 5_000 }) }),
);

/** What must hold in whatever order servers fail and return. */
describe('warm standby, in any history', () => {
  it('settles every call once, never has two connections, never hammers, and recovers when a server is up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const world = createWorld();
        const settled: number[] = [];
        let calls = 0;
        world.standby.start();
        for (const action of steps) {
          if (action.kind === 'wait') await world.clock.advance(action.ms);
          if (action.kind === 'change') world.conditions.set(action.host, action.to);
          if (action.kind === 'lose') world.standby.current?.lose();
          if (action.kind === 'leave' && world.standby.current !== undefined) {
            world.standby.leave(world.standby.current);
          }
          if (action.kind === 'call') {
            const call = calls++;
            const startedAtMs = world.clock.monotonicMs();
            const note = () => {
              settled.push(call);
              const waitedMs = world.clock.monotonicMs() - startedAtMs;
              expect(waitedMs).toBeLessThanOrEqual(Math.max(2_000, action.deadlineMs));
            };
            world.standby
              .connection(world.limits(action.deadlineMs))
              .then(note, (error: ConfigServerError) => {
                expect(['NoEndpoint', 'QueueFull']).toContain(error.code);
                note();
              });
          }
          await world.clock.advance(0);
          const living = world.connections.filter(({ isEnded }) => !isEnded);
          expect(living.length).toBeLessThanOrEqual(1);
          expect(world.standby.state === 'open').toBe(world.standby.current !== undefined);
        }
        expectNoHammering(world.attempts);
        world.conditions.set('primary', 'up');
        await world.clock.advance(40_000);
        expect(world.standby.state).toBe('open');
        expect(settled.sort((a, b) => a - b)).toEqual(Array.from({ length: calls }, (_, call) => call));
        await world.standby.close();
        await world.clock.advance(0);
        expect(world.clock.pendingTimers).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});

/** At most a handful of attempts on one server within a second: losses and lists may add some, loops may not. */
function expectNoHammering(attempts: string[]): void {
  const byHost = new Map<string, number[]>();
  for (const attempt of attempts) {
    const [host, ms] = attempt.split('@') as [string, string];
    byHost.set(host, [...(byHost.get(host) ?? []), Number(ms)]);
  }
  for (const times of byHost.values()) {
    for (const start of times) {
      expect(times.filter((time) => time >= start && time < start + 1_000).length).toBeLessThanOrEqual(12);
    }
  }
}
