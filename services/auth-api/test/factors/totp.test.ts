/** Apps that show one-time codes: set-up, judgement, replay, races of two replicas, limits, removal. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { stoppedClock } from '../stack/redis.ts';
import { addApp, beginApp, confirmApp, keepsOne, somebody, stepMs, stranger, wrong } from './people.ts';

const clock = stoppedClock(Math.floor(Date.now() / stepMs) * stepMs);
let one: AuthApi;
let other: AuthApi;
beforeAll(async () => {
  one = await startAuthApi({ now: clock.now });
  other = await startAuthApi({ now: clock.now, beside: one });
});
afterAll(async () => {
  await other?.close();
  await one?.close();
});

const totp = () => one.deps.factors.totp;
const pool = () => one.deps.stores.pool;
/** A step later: the code of the set-up is used up. */
const nextStep = () => {
  clock.advance(stepMs);
  return clock.now();
};

describe('an app for codes', () => {
  it('counts from the code that confirms it, which is used up by it', async () => {
    const person = somebody();
    const begun = await beginApp(one, person, { name: 'Desk' });
    const now = clock.now();
    expect(await totp().verify(person, begun.codeAt(now), stranger)).toBeUndefined();
    expect(await one.deps.factors.held(person)).toMatchObject({ totp: 0 });
    expect(await confirmApp(one, person, begun)).toEqual({ factor: 'totp', atMs: now, epoch: 0 });
    expect(await totp().verify(person, begun.codeAt(now), stranger)).toBeUndefined();
    const later = nextStep();
    expect(await totp().verify(person, begun.codeAt(later), stranger)).toEqual({
      factor: 'totp',
      atMs: later,
      epoch: 0,
    });
    expect(await totp().list(person)).toEqual([
      {
        ...{ id: begun.id, name: 'Desk', digits: 6, algorithm: 'SHA1' },
        ...{ madeAt: expect.any(Date), usedAt: expect.any(Date) },
      },
    ]);
  });

  it.each([
    [6, 'SHA1'],
    [8, 'SHA1'],
    [6, 'SHA256'],
    [8, 'SHA256'],
  ] as const)('has %d digits by %s', async (digits, algorithm) => {
    const person = somebody();
    const app = await addApp(one, person, { digits, algorithm });
    const code = app.codeAt(nextStep());
    expect(code).toHaveLength(digits);
    expect(await totp().verify(person, wrong(code), stranger)).toBeUndefined();
    expect(await totp().verify(person, code, stranger)).toMatchObject({ factor: 'totp' });
  });

  it('may have a clock that is half a minute wrong, and no more', async () => {
    for (const [offsetMs, counts] of [
      [-2 * stepMs, false],
      [-stepMs, true],
      [stepMs, true],
      [2 * stepMs, false],
    ] as const) {
      const person = somebody();
      const app = await addApp(one, person);
      clock.advance(3 * stepMs);
      const given = await totp().verify(person, app.codeAt(clock.now() + offsetMs), stranger);
      expect([offsetMs, given !== undefined]).toEqual([offsetMs, counts]);
    }
  });

  // attack: one-time code used again within its window | RFC 6238 section 5.2 | guard: services/auth-api/src/factors/totp/store.ts
  it('a code counts once, and none of a step before it counts afterwards', async () => {
    const person = somebody();
    const app = await addApp(one, person);
    clock.advance(2 * stepMs);
    const now = clock.now();
    const ahead = app.codeAt(now + stepMs);
    expect(await totp().verify(person, ahead, stranger)).toBeDefined();
    expect(await totp().verify(person, ahead, stranger)).toBeUndefined();
    expect(await totp().verify(person, app.codeAt(now), stranger)).toBeUndefined();
    clock.advance(stepMs);
    expect(await other.deps.factors.totp.verify(person, ahead, stranger)).toBeUndefined();
    clock.advance(stepMs);
    expect(await totp().verify(person, app.codeAt(clock.now()), stranger)).toBeDefined();
  });

  // attack: one one-time code in many sign-ins at once | CWE-367 | guard: services/auth-api/src/factors/totp/store.ts
  it('two replicas that get one code at once accept it once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = somebody();
      const app = await addApp(one, person);
      const code = app.codeAt(nextStep());
      const given = await Promise.all(
        [one, other, one, other].map(({ deps }) => deps.factors.totp.verify(person, code, stranger)),
      );
      expect(given.filter((each) => each !== undefined)).toHaveLength(1);
    }
  });

  // attack: secret of an app copied into the row of another person | CWE-639 | guard: services/auth-api/src/factors/totp/store.ts
  it('a sealed secret does not open in the row of another person', async () => {
    const [person, attacked] = [somebody(), somebody()];
    const app = await addApp(one, person);
    await addApp(one, attacked);
    await pool().query(
      'UPDATE auth.totp SET secret = (SELECT secret FROM auth.totp WHERE sub = $1) WHERE sub = $2',
      [person.sub, attacked.sub],
    );
    await expect(totp().verify(attacked, app.codeAt(nextStep()), stranger)).rejects.toThrow();
  });

  // attack: factor of a person in another contact centre with the same subject | ASVS 8.4.1 | guard: services/auth-api/src/factors/totp/store.ts
  it('belongs to a contact centre: the same subject elsewhere has none of it', async () => {
    const person = somebody();
    const app = await addApp(one, person);
    const elsewhere = { ...person, contactCenterId: otherContactCenterId };
    const code = app.codeAt(nextStep());
    expect(await totp().verify(elsewhere, code, stranger)).toBeUndefined();
    expect(await totp().list(elsewhere)).toEqual([]);
    await expect(
      totp().remove(elsewhere, { id: app.id, isEnough: () => true, by: 'x' }),
    ).rejects.toMatchObject({
      status: 404,
    });
    expect(await totp().verify(person, code, stranger)).toBeDefined();
  });

  it('is set up anew where the set-up was begun again, or was left for ten minutes', async () => {
    const person = somebody();
    const first = await beginApp(one, person);
    const second = await beginApp(other, person);
    await expect(confirmApp(one, person, first)).rejects.toMatchObject({ status: 400 });
    await pool().query("UPDATE auth.totp SET made_at = made_at - interval '11 minutes' WHERE id = $1", [
      second.id,
    ]);
    await expect(confirmApp(one, person, second)).rejects.toMatchObject({ status: 400 });
    await expect(confirmApp(one, somebody(), await beginApp(one, person))).rejects.toMatchObject({
      status: 400,
    });
  });

  // attack: add a first factor beside that of the person, with the password alone | NIST SP 800-63B 6.1.2 | guard: services/auth-api/src/factors/store/lasting-factors.ts
  it.each(['grace', 'invitation', 'provider'] as const)(
    'by %s is a first factor alone, also where the person adds one meanwhile',
    async (reason) => {
      const person = somebody();
      await addApp(one, person);
      const late = await beginApp(one, person);
      await expect(
        totp().confirm(person, { id: late.id, code: late.codeAt(clock.now()), reason }, stranger),
      ).rejects.toMatchObject({ status: 409 });
      const first = somebody();
      const begun = await beginApp(one, first);
      expect(
        await totp().confirm(first, { id: begun.id, code: begun.codeAt(clock.now()), reason }, stranger),
      ).toBeDefined();
    },
  );

  it('a person has at most three, and two confirmations at once of one set-up make one', async () => {
    const person = somebody();
    const begun = await beginApp(one, person);
    const both = await Promise.allSettled([one, other].map((stack) => confirmApp(stack, person, begun)));
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await addApp(one, person);
    await addApp(one, person);
    await expect(addApp(one, person)).rejects.toMatchObject({ status: 409 });
    expect(await totp().list(person)).toHaveLength(3);
  });

  it('the last one stays where the policy requires one, also when two are removed at once', async () => {
    const person = somebody();
    const apps = [await addApp(one, person), await addApp(one, person)];
    const removed = await Promise.allSettled(
      apps.map(({ id }, index) =>
        (index === 0 ? one : other).deps.factors.totp.remove(person, {
          id,
          isEnough: keepsOne,
          by: person.sub,
        }),
      ),
    );
    expect(removed.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [left] = await totp().list(person);
    await totp().remove(person, { id: left?.id ?? '', isEnough: () => true, by: person.sub });
    expect(await one.deps.factors.held(person)).toMatchObject({ totp: 0 });
  });

  it('the history says what was added and removed, by whom and why, and nobody changes it', async () => {
    const person = somebody();
    const { id } = await addApp(one, person, { name: 'Old' });
    await totp().remove(person, { id, isEnough: () => true, by: 'ops' });
    expect(await one.deps.factors.history(person)).toMatchObject([
      { change: 'removed', factor: 'totp', factorId: id, name: 'Old', by: 'ops' },
      {
        change: 'added',
        factor: 'totp',
        factorId: id,
        name: 'Old',
        by: person.sub,
        reason: 'strongestSignIn',
      },
    ]);
    await expect(
      pool().query('UPDATE auth.factor_history SET made_by = $1 WHERE sub = $2', ['x', person.sub]),
    ).rejects.toThrow('never changed');
  });
});

describe('wrong codes', () => {
  const waits = () => expect.objectContaining({ status: 429 });
  const free = 5;
  /** Wrong answers until a wait begins. */
  const exhaust = async (person: ReturnType<typeof somebody>, browser = stranger) => {
    for (let count = 0; count < free; count += 1)
      expect(await totp().verify(person, '000000', browser)).toBeUndefined();
  };
  /** As if so much time had passed since the last answer. */
  const pass = (sub: string, interval: string) =>
    pool().query(
      `UPDATE auth.factor_attempts SET next_at = next_at - interval '${interval}', counted_at = counted_at - interval '${interval}'
        WHERE sub = $1`,
      [sub],
    );
  const waitOf = async (sub: string) => {
    const { rows } = await pool().query<{ seconds: number }>(
      'SELECT round(extract(epoch FROM next_at - counted_at))::int AS seconds FROM auth.factor_attempts WHERE sub = $1',
      [sub],
    );
    return rows[0]?.seconds;
  };

  // attack: brute force of six digits | CVE-2024-32868, CVE-2025-64102 | guard: services/auth-api/src/factors/attempts/attempts.ts
  it('begin a wait that doubles up to an hour, in which the right code does not count', async () => {
    const person = somebody();
    const app = await addApp(one, person);
    await exhaust(person);
    const code = app.codeAt(nextStep());
    await expect(totp().verify(person, code, stranger)).rejects.toEqual(waits());
    await expect(other.deps.factors.totp.verify(person, code, stranger)).rejects.toMatchObject({
      retryAfterSeconds: 30,
    });
    const waited: (number | undefined)[] = [await waitOf(person.sub)];
    for (let count = 0; count < 9; count += 1) {
      await pass(person.sub, '61 minutes');
      expect(await totp().verify(person, '000000', stranger)).toBeUndefined();
      waited.push(await waitOf(person.sub));
    }
    expect(waited).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
    await pass(person.sub, '61 minutes');
    expect(await totp().verify(person, app.codeAt(nextStep()), stranger)).toBeDefined();
    await exhaust(person);
  });

  // attack: many guesses at once, at two replicas | CWE-307, CWE-367 | guard: services/auth-api/src/factors/attempts/attempts.ts
  it('at once, at two replicas, get as many answers as one after another', async () => {
    const person = somebody();
    await addApp(one, person);
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        (index % 2 === 0 ? one : other).deps.factors.totp.verify(person, '000000', stranger),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(free);
  });

  // attack: failed attempt taken back with the transaction of the request | GHSA-fgfv-pv97-6cmj | guard: services/auth-api/src/factors/attempts/attempts.ts
  it('stay counted when the comparison, and with it the request, fails', async () => {
    const person = somebody();
    await addApp(one, person);
    await pool().query("UPDATE auth.totp SET secret = 'v1.unknown.key.x' WHERE sub = $1", [person.sub]);
    for (let count = 0; count < free; count += 1)
      await expect(totp().verify(person, '000000', stranger)).rejects.not.toEqual(waits());
    await expect(totp().verify(person, '000000', stranger)).rejects.toEqual(waits());
    // The same for a set-up, which is one transaction.
    const begun = await beginApp(one, person);
    await pool().query('DELETE FROM auth.totp WHERE id = $1', [begun.id]);
    const confirmation = { id: begun.id, code: '000000', reason: 'strongestSignIn' } as const;
    const confirm = () => totp().confirm(person, confirmation, stranger);
    for (let count = 0; count < 10; count += 1)
      await expect(confirm()).rejects.toMatchObject({ status: 400 });
    await expect(confirm()).rejects.toEqual(waits());
  });

  // attack: somebody with the password keeps the person out by wrong codes | CVE-2025-64102 | guard: services/auth-api/src/factors/attempts/known-browsers.ts
  it('of strangers keep nobody out who gave a factor in this browser before', async () => {
    const person = somebody();
    const app = await addApp(one, person);
    const { mark } = one.deps.factors.knownBrowsers.markFor(person);
    await exhaust(person);
    await expect(totp().verify(person, app.codeAt(nextStep()), stranger)).rejects.toEqual(waits());
    expect(await totp().verify(person, app.codeAt(clock.now()), { mark })).toBeDefined();
    // It opened nothing for the strangers.
    await expect(totp().verify(person, '000000', stranger)).rejects.toEqual(waits());
    for (const forged of [
      one.deps.factors.knownBrowsers.markFor(somebody()).mark,
      one.deps.factors.knownBrowsers.markFor({ ...person, contactCenterId: otherContactCenterId }).mark,
      mark.replace(/^\d/, '9'),
      `${mark.split('.')[0]}.`,
      randomUUID(),
    ])
      await expect(totp().verify(person, '000000', { mark: forged })).rejects.toEqual(waits());
    await exhaust(person, { mark });
    await expect(totp().verify(person, '000000', { mark })).rejects.toEqual(waits());
  });

  // attack: guesses of somebody who has the password and years of time | CVE-2025-64102, SP 800-63B 3.2.2 | guard: services/auth-api/src/factors/attempts/attempts.ts
  it('are compared 50 times in a row, however long they take, until the person proves to be there', async () => {
    const person = somebody();
    const app = await addApp(one, person);
    const { mark } = one.deps.factors.knownBrowsers.markFor(person);
    const isBlocked = { name: 'totp_blocked', status: 403 };
    const guess = async (browser: { mark?: string } = stranger) => {
      await pass(person.sub, '25 hours');
      return totp().verify(person, '000000', browser);
    };
    const useUp = async () => {
      for (let count = 0; count < 50; count += 1) expect(await guess()).toBeUndefined();
    };
    await useUp();
    await expect(guess()).rejects.toMatchObject(isBlocked);
    const right = app.codeAt(nextStep());
    await expect(other.deps.factors.totp.verify(person, right, stranger)).rejects.toMatchObject(isBlocked);
    // The browser of the person has a row of its own, and its right code ends that of the strangers.
    expect(await guess({ mark })).toBeUndefined();
    expect(await totp().verify(person, right, { mark })).toBeDefined();
    await useUp();
    await expect(guess()).rejects.toMatchObject(isBlocked);
    const { codeAt } = await addApp(one, person);
    expect(await totp().verify(person, codeAt(nextStep()), stranger)).toBeDefined();
    await useUp();
    await one.deps.factors.ends.reset(person, { reason: 'test', by: 'test' });
    expect(await guess()).toBeUndefined();
  });

  it('are counted by kind, forgotten after a day, and a wait by a wrong clock ends', async () => {
    const person = somebody();
    const app = await addApp(one, person);
    const codes = await one.deps.factors.recovery.make(person, { by: person.sub });
    await exhaust(person);
    expect(await one.deps.factors.recovery.verify(person, codes[0] ?? '', stranger)).toBeDefined();
    await pass(person.sub, '25 hours');
    await exhaust(person);
    await pool().query(
      "UPDATE auth.factor_attempts SET next_at = next_at + interval '400 days' WHERE sub = $1",
      [person.sub],
    );
    expect(await totp().verify(person, app.codeAt(nextStep()), stranger)).toBeDefined();
  });

  it('cost the same for somebody who has no app', async () => {
    const person = somebody();
    await exhaust(person);
    await expect(totp().verify(person, '000000', stranger)).rejects.toEqual(waits());
  });
});
