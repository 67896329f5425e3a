/** Which ends a replica applies again when it starts. */
import { createLogger } from '@gatehouse/service-kit/observability';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createEnds } from '../../../src/operations/changes/ends.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

// attack: use what a replica issued before it crashed, unaware of an end | ASVS 7.4.2 | guard: services/auth-api/src/operations/changes/ends.ts
it('the position is saved a minute late: a replica that starts repeats what ended since', async () => {
  const saved: number[] = [];
  const ends = createEnds({
    revocations: {
      revokeAll: async () => undefined,
      noteEnding: () => undefined,
      noteEndsKnown: () => undefined,
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
  ends.catchUp();
  await ends.caughtUp();
  ends.start();
  ends.apply({ seq: 2, entity: 'contact-center-end', id: 'x' });

  await vi.advanceTimersByTimeAsync(55_000);
  expect(saved).toEqual([]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(saved).toEqual([2]);
  await ends.close();
});
