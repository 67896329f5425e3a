/** Which ends a replica applies again when it starts. */
import { createLogger } from '@gatehouse/service-kit/observability';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDeactivation } from '../../../src/operations/changes/deactivation.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

// attack: use what a replica issued before it crashed, unaware of an end | ASVS 7.4.2 | guard: services/auth-api/src/operations/changes/late-position.ts
it('the position is saved a minute late: a replica that starts repeats what ended since', async () => {
  const saved: number[] = [];
  const deactivation = createDeactivation({
    revocations: {
      revokeAll: async () => undefined,
      recordEnding: () => undefined,
      recordEndsKnown: () => undefined,
    },
    contactCenters: { ofEnvironment: async () => [] },
    forgetDeleted: async () => undefined,
    position: {
      read: async () => ({ seq: 1 }),
      async save({ seq }) {
        saved.push(seq);
      },
      moment: async () => 'infinity',
      confirm: async () => undefined,
      isConfirmedSince: async () => false,
    },
    changesSince: async () => ({ changes: [], latest: 1 }),
    location: 'USW1',
    now: () => Date.now(),
    trust: { isTrusted: true },
    log: createLogger('test', { level: 'silent', format: 'json' }),
  });
  deactivation.catchUp();
  await deactivation.caughtUp();
  deactivation.start();
  deactivation.apply({ seq: 2, entity: 'contact-center-end', id: 'x' });

  await vi.advanceTimersByTimeAsync(55_000);
  expect(saved).toEqual([]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(saved).toEqual([2]);
  await deactivation.close();
});
