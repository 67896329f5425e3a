/** Remembered devices: granted for a genuine factor, for a time that nothing prolongs, and ended by all that must end them. */
import { randomUUID } from 'node:crypto';
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../src/records/revocation/revocation.ts';
import { type AuthApi, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { addApp, keepsOne, somebody } from './people.ts';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

const dayMs = 86_400_000;
const policy = { days: 30 };
const devices = () => stack.deps.factors.devices;
const given = (epoch = 0, atMs = stack.deps.now()) => ({ factor: 'totp', atMs, epoch }) as const;

async function remembered(person = somebody(), at = given()) {
  const app = await addApp(stack, person);
  const device = await devices().remember(person, at, policy, 'Firefox at the desk');
  if (device === undefined) throw new Error('the device was not remembered');
  watchSecret(device.value, 'cookie of a remembered device');
  return { person, app, at, ...device };
}

const counts = async (
  person: PersonKey,
  value: string,
  asked: Parameters<ReturnType<typeof devices>['verify']>[2] = policy,
) => (await devices().verify(person, value, asked)) !== undefined;

describe('a remembered device', () => {
  it('counts since the factor was given, until the days are over, and is listed without its secret', async () => {
    const { person, at, value, endsAt } = await remembered();
    expect(endsAt.getTime()).toBe(at.atMs + 30 * dayMs);
    expect(await devices().verify(person, value, policy)).toBe(at.atMs);
    expect(await devices().list(person, policy)).toEqual([
      { id: value.split('.')[0], grantedAt: new Date(at.atMs), endsAt, userAgent: 'Firefox at the desk' },
    ]);
    // As the policy is now: fewer days, none, or a stricter one.
    expect(await devices().list(person, { days: 7 })).toMatchObject([
      { endsAt: new Date(at.atMs + 7 * dayMs) },
    ]);
    for (const changed of [{ days: 0 }, { ...policy, raisedAtMs: at.atMs }])
      expect(await devices().list(person, changed)).toEqual([]);
    const { rows } = await stack.deps.stores.pool.query(
      'SELECT to_jsonb(d)::text AS row FROM auth.remembered_devices d WHERE sub = $1',
      [person.sub],
    );
    expect(JSON.stringify(rows)).not.toContain(value.split('.')[1]);
  });

  // attack: theft or invention of a remembered device | ASVS 6.5.1 | guard: services/auth-api/src/factors/devices/service.ts
  it('does not count with another secret, for another person, or in another contact centre', async () => {
    const { person, value } = await remembered();
    const [id = '', secret = ''] = value.split('.');
    const { person: neighbour, value: theirs } = await remembered();
    for (const [who, what] of [
      [neighbour, value],
      [person, theirs],
      [{ ...person, contactCenterId: otherContactCenterId }, value],
      [person, `${id}.${theirs.split('.')[1]}`],
      [person, `${id}.`],
      [person, `${randomUUID()}.${secret}`],
      [person, `' OR true --.${secret}`],
      [person, ''],
    ] as const)
      expect([what, await counts(who, what)]).toEqual([what, false]);
    expect(await counts(person, value)).toBe(true);
  });

  // attack: remembered device that outlives its window, or a stricter policy | ASVS 7.3.2 | guard: services/auth-api/src/factors/devices/service.ts
  it('ends after its days, also those of a policy that is shorter by now, and does not prolong itself', async () => {
    const now = stack.deps.now();
    const { person, value } = await remembered(somebody(), given(0, now - 10 * dayMs));
    expect(await counts(person, value, { days: 11 })).toBe(true);
    expect(await counts(person, value, { days: 10 })).toBe(false);
    expect(await counts(person, value, { days: 0 })).toBe(false);
    expect(await counts(person, value, { days: 90 })).toBe(true);
    expect(await counts(person, value, { ...policy, raisedAtMs: now - 11 * dayMs })).toBe(true);
    expect(await counts(person, value, { ...policy, raisedAtMs: now - 9 * dayMs })).toBe(false);
    const { person: former, value: over } = await remembered(somebody(), given(0, now - 31 * dayMs));
    expect(await counts(former, over, { days: 90 })).toBe(false);
    expect(await devices().list(former, policy)).toEqual([]);
    expect(await devices().remember(person, given(), { days: 0 })).toBeUndefined();
  });

  it('is ended by the person, and twenty are kept of each', async () => {
    const { person, value } = await remembered();
    const [id = ''] = value.split('.');
    expect(await devices().end(somebody(), id)).toBe(false);
    expect(await devices().end(person, id)).toBe(true);
    expect(await counts(person, value)).toBe(false);
    const now = stack.deps.now();
    for (let count = 0; count < 22; count += 1)
      await devices().remember(person, given(0, now + count), policy);
    const kept = await devices().list(person, policy);
    expect(kept).toHaveLength(20);
    expect(kept.at(-1)?.grantedAt).toEqual(new Date(now + 2));
  });

  const event = (name: string, person: PersonKey, fields: Record<string, string> = {}) =>
    stack.deps.audit.writer.write({
      ...{ name, outcome: 'success', correlationId: randomUUID(), fields },
      ...(name === 'person_cut_off' ? { sub: person.sub } : person),
    } as Parameters<typeof stack.deps.audit.writer.write>[0]);

  // attack: remembered device after a reset or a new password | CWE-613 | guard: services/auth-api/src/factors/store/person-lock.ts
  it.each([
    [
      'a reset of the factors',
      (person: PersonKey) => stack.deps.factors.ends.reset(person, { reason: 'lost', by: 'ops' }),
    ],
    ['a new password', (person: PersonKey) => event('password_changed', person)],
    [
      'a new password at the directory',
      (person: PersonKey) => event('person_cut_off', person, { reason: 'password' }),
    ],
    ['a sign-out everywhere', (person: PersonKey) => event('global_logout', person)],
    ['the person, everywhere', (person: PersonKey) => devices().endAll(person)],
    [
      'the removal of a factor',
      async (person: PersonKey, id: string) => {
        await addApp(stack, person);
        await stack.deps.factors.totp.remove(person, { id, isEnough: keepsOne, by: person.sub });
      },
    ],
  ] as const)(
    'is ended by %s, also one that is being granted for a factor given before',
    async (_what, end) => {
      const { person, app, value } = await remembered();
      const before = given();
      await end(person, app.id);
      await expect.poll(() => counts(person, value)).toBe(false);
      await expect.poll(() => devices().remember(person, before, policy)).toBeUndefined();
      expect(await devices().list(person, policy)).toEqual([]);
    },
  );

  it('is not ended by what concerns no password', async () => {
    const { person, value } = await remembered();
    await event('person_cut_off', person, { reason: 'disabled' });
    await event('logout', person);
    const another = await remembered({ contactCenterId: otherContactCenterId, sub: person.sub });
    await event('global_logout', another.person);
    await expect.poll(() => counts(another.person, another.value)).toBe(false);
    expect(await counts(person, value)).toBe(true);
  });

  it('is ended for all people of a contact centre by a change of its policy', async () => {
    const place = { contactCenterId: randomUUID() };
    const [first, second, elsewhere] = [
      await remembered({ ...somebody(), ...place }),
      await remembered({ ...somebody(), ...place }),
      await remembered(),
    ];
    await devices().endOf(place.contactCenterId);
    for (const { person, value } of [first, second]) expect(await counts(person, value)).toBe(false);
    expect(await counts(elsewhere.person, elsewhere.value)).toBe(true);
  });

  // attack: use a remembered device after a new password while PostgreSQL does not hear of it | CWE-613 | guard: services/auth-api/src/factors/devices/service.ts
  it('does not count after a revocation of the person, before PostgreSQL is told', async () => {
    const { person, value } = await remembered();
    const { revocations } = stack.deps.revocation;
    await revocations.revoke({ kind: 'sub', id: person.sub, atMs: stack.deps.now() + 1 });
    expect(await counts(person, value)).toBe(false);
  });
});
