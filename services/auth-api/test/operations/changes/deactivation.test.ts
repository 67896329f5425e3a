import type { EnvironmentChange } from '@gatehouse/contracts/environment-api';
import { describe, expect, it } from 'vitest';
import { createDeactivation } from '../../../src/operations/changes/deactivation.ts';
import type { Position } from '../../../src/operations/changes/deactivation-position.ts';
import { createContactCenterStatus } from '../../../src/people/accounts/contact-center-status.ts';
import { createRevocationMemory } from '../../../src/records/revocation/memory.ts';
import type { Entry } from '../../../src/records/revocation/revocation.ts';
import { contactCenterId, demoContactCenter } from '../../stack/auth-api.ts';
import { silentLog, stoppedClock } from '../../stack/redis.ts';

/** In memory; what is saved is read. */
function positionAt(saved: Position | undefined) {
  let position = saved;
  return {
    read: async () => position,
    async save(next: Position) {
      position = next;
    },
    moment: async () => 'infinity',
    confirm: async () => undefined,
    isConfirmedSince: async () => false,
  };
}

function setUp(location: string) {
  const { now, advance } = stoppedClock();
  const memory = createRevocationMemory();
  const failures: Error[] = [];
  const deactivation = createDeactivation({
    revocations: {
      async revokeAll(orders) {
        const failure = failures.pop();
        // The retry comes later.
        if (failure !== undefined) advance(5000);
        if (failure !== undefined) throw failure;
        for (const { kind, id, atMs = now() } of orders) memory.add({ kind, id, atMs });
      },
      recordEnding: memory.recordEnding,
      recordEndsKnown: () => undefined,
    },
    contactCenters: { ofEnvironment: async () => [] },
    forgetDeleted: async () => undefined,
    position: positionAt({ seq: 0 }),
    changesSince: async () => ({ changes: [], latest: 0 }),
    location,
    now,
    trust: { isTrusted: true },
    log: silentLog,
  });
  const announce = (change: Omit<EnvironmentChange, 'seq'>) =>
    deactivation.apply({ ...change, contactCenterId, seq: 1 });
  const isRevoked = (entry: Entry | undefined, issuedAtMs: number) =>
    memory.isRevoked({ sub: 'a', contactCenterIds: [contactCenterId], entry, issuedAtMs });
  return { announce, isRevoked, failures, now, hasEnded: memory.hasEnded };
}

const atUsw1 = { entity: 'single-sign-on-end', id: 'saml /USW1' };

// attack: stay in by the settings of a wider place after single sign-on was switched off here | ASVS 7.4.2 | guard: services/auth-api/src/operations/changes/deactivated.ts
it('single sign-on that ends at a place ends who came in there by the settings of a wider one', async () => {
  const issuedAtMs = stoppedClock().now();
  const inside = setUp('/USW1/DC2');
  const outside = setUp('/EUW1');
  inside.announce(atUsw1);
  outside.announce(atUsw1);
  await expect.poll(() => inside.isRevoked({ signOn: 'saml /USW1' }, issuedAtMs)).toBe(true);
  expect(inside.isRevoked({ signOn: 'saml /' }, issuedAtMs)).toBe(true);
  expect(inside.isRevoked({ signOn: 'oidc /' }, issuedAtMs)).toBe(false);
  await expect.poll(() => outside.isRevoked({ signOn: 'saml /USW1' }, issuedAtMs)).toBe(true);
  expect(outside.isRevoked({ signOn: 'saml /' }, issuedAtMs)).toBe(false);
});

// attack: keep a session of which it is not known how it began | ASVS 7.4.2 | guard: services/auth-api/src/records/revocation/judgement.ts
it('single sign-on that is switched off ends those of whom it is not known how they came in', async () => {
  const { announce, isRevoked, now } = setUp('/USW1');
  announce(atUsw1);
  await expect.poll(() => isRevoked(undefined, now())).toBe(true);
  expect(isRevoked({ domain: 'demo' }, now())).toBe(false);
});

// attack: get tokens while an end cannot be written | ASVS 7.4.2 | guard: services/auth-api/src/operations/changes/revoke-deactivated.ts
it('what was issued until an end could be revoked ends with it', async () => {
  const { announce, isRevoked, failures, now } = setUp('/USW1');
  const announcedAtMs = now();
  failures.push(new Error('both stores are down'));
  announce(atUsw1);
  await expect.poll(() => isRevoked({ signOn: 'saml /USW1' }, announcedAtMs + 1000)).toBe(true);
});

// attack: get client tokens for a contact centre that was never announced as ended | ASVS 7.4.2 | guard: services/auth-api/src/people/accounts/contact-center-status.ts
it('a client gets nothing for a contact centre that is switched off, although no end was announced', async () => {
  const contactCenterStatus = createContactCenterStatus({
    contactCenters: { get: async (id) => (id === contactCenterId ? demoContactCenter : undefined) },
    revocations: { hasEnded: () => false },
    belongs: async () => true,
    now: () => 0,
  });
  expect(await contactCenterStatus.activeOf([contactCenterId, 'switched-off'])).toEqual([contactCenterId]);
});

// attack: get tokens by an old copy in the moment before an end is revoked | ASVS 7.4.2 | guard: services/auth-api/src/records/revocation/memory.ts
it('a contact centre counts as ended before its end is written, so that no old copy is trusted', async () => {
  const { announce, hasEnded, failures } = setUp('/USW1');
  failures.push(new Error('not written yet'));
  announce({ entity: 'contact-center-end', id: contactCenterId });
  expect(hasEnded(contactCenterId)).toBe(true);
});

describe('after the start', () => {
  const ended = (seq: number, stamp = String(seq)) => ({
    ...{ seq, entity: 'contact-center-end', id: `ended-${seq}`, stamp },
  });

  /** Catches up with a log that may be replaced meanwhile. */
  function catchUp(saved: Position | undefined, log: EnvironmentChange[]) {
    const { now, advance } = stoppedClock();
    const revoked: string[] = [];
    const position = positionAt(saved);
    let asked = 0;
    const source = { log };
    const deactivation = createDeactivation({
      revocations: {
        async revokeAll(orders) {
          revoked.push(...orders.map(({ id }) => id));
        },
        recordEnding: () => undefined,
        recordEndsKnown: () => undefined,
      },
      contactCenters: { ofEnvironment: async () => [] },
      forgetDeleted: async () => undefined,
      position,
      async changesSince(seq) {
        asked += 1;
        return {
          changes: source.log.filter((one) => one.seq > seq),
          latest: source.log.at(-1)?.seq ?? 0,
        };
      },
      location: '/USW1',
      now,
      trust: { isTrusted: true },
      log: silentLog,
    });
    deactivation.catchUp();
    return { deactivation, revoked, position, source, advance, asked: () => asked };
  }

  // attack: keep the tokens of a contact centre that ended before the upgrade | ASVS 7.4.2 | guard: services/auth-api/src/operations/changes/missed-changes.ts
  it('of the first replica of this release the whole log is read, wherever it begins', async () => {
    const { deactivation, revoked, position } = catchUp(undefined, [ended(7), ended(8)]);
    await deactivation.caughtUp();
    expect(revoked).toEqual(['ended-7', 'ended-8']);
    expect(await position.read()).toEqual({ seq: 8, stamp: '8' });
  });

  it('a log that lags is asked again, and nobody signs in anew', async () => {
    const { deactivation, revoked, source, asked } = catchUp({ seq: 3, stamp: '3' }, [ended(1), ended(2)]);
    await expect.poll(asked).toBeGreaterThan(1);
    expect(() => deactivation.assertKnown()).toThrow(expect.objectContaining({ status: 503 }));
    source.log = [ended(1), ended(2), ended(3), ended(4)];
    await deactivation.caughtUp();
    expect(revoked).toEqual(['ended-4']);
    expect(deactivation.assertKnown()).toBeUndefined();
  });

  const histories: [string, EnvironmentChange[], number][] = [
    ['was restored and has gone on', [ended(2), ended(3, 'other'), ended(4)], 0],
    ['does not reach the position after a minute', [ended(1), ended(2)], 60_000],
    ['has forgotten what comes next', [ended(5)], 0],
  ];

  // attack: hide an end behind a restored database of Environment API | ASVS 7.4.2 | guard: services/auth-api/src/operations/changes/missed-changes.ts
  it.each(histories)('everybody signs in anew when the log %s', async (_what, log, afterMs) => {
    const { deactivation, revoked, advance, asked } = catchUp({ seq: 3, stamp: '3' }, log);
    await expect.poll(asked).toBeGreaterThan(0);
    advance(afterMs);
    await deactivation.caughtUp();
    expect(revoked).toEqual(['*']);
  });
});
