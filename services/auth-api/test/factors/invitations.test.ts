/** Invitations to a first factor: one use, ten minutes, one of a person. */
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { somebody, stranger } from './people.ts';

let one: AuthApi;
let other: AuthApi;
beforeAll(async () => {
  one = await startAuthApi();
  other = await startAuthApi({ beside: one });
});
afterAll(async () => {
  await other?.close();
  await one?.close();
});

const invitations = () => one.deps.factors.invitations;

async function invited(person = somebody()) {
  const made = await invitations().make(person, { reason: 'first day', by: 'supervisor' });
  watchSecret(made.code, 'invitation');
  return { person, ...made };
}

describe('an invitation to a first factor', () => {
  it('has 50 bits, lasts ten minutes, and says who made it', async () => {
    const { person, code, endsAt } = await invited();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    const lifeMs = endsAt.getTime() - one.deps.now();
    expect(lifeMs).toBeGreaterThan(590_000);
    expect(lifeMs).toBeLessThan(610_000);
    expect(await other.deps.factors.invitations.redeem(person, code.toLowerCase(), stranger)).toBe(
      'supervisor',
    );
    expect(await one.deps.factors.history(person)).toMatchObject([
      { change: 'invitation used', by: person.sub },
      { change: 'invited', by: 'supervisor' },
    ]);
  });

  // attack: enrolment link replayed | CVE-2026-37982 | guard: services/auth-api/src/factors/enrolment/invitations.ts
  it('counts once, also at two replicas at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { person, code } = await invited();
      const redeemed = await Promise.all(
        [one, other, one, other].map(({ deps }) => deps.factors.invitations.redeem(person, code, stranger)),
      );
      expect(redeemed.filter((by) => by !== undefined)).toEqual(['supervisor']);
      expect(await invitations().redeem(person, code, stranger)).toBeUndefined();
    }
  });

  // attack: invitation of somebody else | CWE-639 | guard: services/auth-api/src/factors/enrolment/invitations.ts
  it('counts for its person and contact centre alone, until the next one, and until its end', async () => {
    const { person, code } = await invited();
    const { person: neighbour } = await invited();
    expect(await invitations().redeem(neighbour, code, stranger)).toBeUndefined();
    const elsewhere = { ...person, contactCenterId: otherContactCenterId };
    await invited(elsewhere);
    expect(await invitations().redeem(elsewhere, code, stranger)).toBeUndefined();
    const next = await invited(person);
    expect(await invitations().redeem(person, code, stranger)).toBeUndefined();
    await one.deps.stores.pool.query(
      "UPDATE auth.factor_invitations SET ends_at = ends_at - interval '11 minutes' WHERE sub = $1",
      [person.sub],
    );
    expect(await invitations().redeem(person, next.code, stranger)).toBeUndefined();
  });

  it('ends with a reset, and wrong ones have to wait', async () => {
    const { person, code } = await invited();
    await one.deps.factors.ends.reset(person, { reason: 'wrong person', by: 'ops' });
    expect(await invitations().redeem(person, code, stranger)).toBeUndefined();
    for (let count = 0; count < 4; count += 1)
      expect(await invitations().redeem(person, '00000-00000', stranger)).toBeUndefined();
    const again = await invited(person);
    await expect(other.deps.factors.invitations.redeem(person, again.code, stranger)).rejects.toMatchObject({
      status: 429,
    });
  });
});
