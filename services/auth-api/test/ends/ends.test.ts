import type { EnvironmentChange } from '@gatehouse/contracts/environment-api/changes';
import { expect, it } from 'vitest';
import { createEnds } from '../../src/changes/ends.ts';
import { createStanding } from '../../src/contact-centers/standing.ts';
import { createRevocationMemory } from '../../src/revocation/memory.ts';
import type { Entry } from '../../src/revocation/revocation.ts';
import { contactCenterId, demoContactCenter } from '../stack/auth-api.ts';
import { silentLog, stoppedClock } from '../stack/redis.ts';

function setUp(location: string) {
  const { now, advance } = stoppedClock();
  const memory = createRevocationMemory();
  const failures: Error[] = [];
  const ends = createEnds({
    revocations: {
      async revokeAll(orders) {
        const failure = failures.pop();
        // The retry comes later.
        if (failure !== undefined) advance(5000);
        if (failure !== undefined) throw failure;
        for (const { kind, id, atMs = now() } of orders) memory.add({ kind, id, atMs });
      },
      noteEndsKnown: () => undefined,
    },
    position: { read: async () => 0, save: async () => undefined },
    changesSince: async () => ({ changes: [], latest: 0 }),
    location,
    now,
    log: silentLog,
  });
  const announce = (change: Omit<EnvironmentChange, 'seq'>) =>
    ends.apply({ ...change, contactCenterId, seq: 1 });
  const isRevoked = (entry: Entry | undefined, issuedAtMs: number) =>
    memory.isRevoked({ sub: 'a', contactCenterIds: [contactCenterId], entry, issuedAtMs });
  return { announce, isRevoked, failures, now };
}

const atUsw1 = { entity: 'single-sign-on-end', id: 'saml /USW1' };

// attack: stay in by the settings of a wider place after single sign-on was switched off here | ASVS 7.4.2 | guard: services/auth-api/src/changes/ends.ts
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

// attack: keep a session of which it is not known how it began | ASVS 7.4.2 | guard: services/auth-api/src/revocation/memory.ts
it('single sign-on that is switched off ends those of whom it is not known how they came in', async () => {
  const { announce, isRevoked, now } = setUp('/USW1');
  announce(atUsw1);
  await expect.poll(() => isRevoked(undefined, now())).toBe(true);
  expect(isRevoked({ domain: 'demo' }, now())).toBe(false);
});

// attack: get tokens while an end cannot be written | ASVS 7.4.2 | guard: services/auth-api/src/changes/ends.ts
it('what was issued until an end could be revoked ends with it', async () => {
  const { announce, isRevoked, failures, now } = setUp('/USW1');
  const announcedAtMs = now();
  failures.push(new Error('both stores are down'));
  announce(atUsw1);
  await expect.poll(() => isRevoked({ signOn: 'saml /USW1' }, announcedAtMs + 1000)).toBe(true);
});

// attack: get client tokens for a contact centre that was never announced as ended | ASVS 7.4.2 | guard: services/auth-api/src/contact-centers/standing.ts
it('a client gets nothing for a contact centre that is switched off, although no end was announced', async () => {
  const standing = createStanding({
    contactCenters: { get: async (id) => (id === contactCenterId ? demoContactCenter : undefined) },
    revocations: { hasEnded: () => false },
  });
  expect(await standing.activeOf([contactCenterId, 'switched-off'])).toEqual([contactCenterId]);
});
