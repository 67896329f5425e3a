import { ManualClock } from '@gatehouse/config-server-client/testing';
import { describe, expect, it } from 'vitest';
import { createAdministration } from '../../src/administration/administration.ts';
import { Authenticator } from '../../src/security/authenticator.ts';
import { HashQueue } from '../../src/security/login-queues.ts';
import { plantSeed, type SeedInput, seedSchema } from '../../src/seed/seed.ts';
import { ChangeLog } from '../../src/store/change-log.ts';
import { ObjectStore } from '../../src/store/object-store.ts';

const minutes = 60_000;
const days = 86_400_000;

async function estate(
  rules: Record<string, string | number | boolean>,
  person: Partial<NonNullable<SeedInput['persons']>[number]> = {},
  more: Partial<SeedInput> = {},
) {
  const clock = new ManualClock();
  const store = new ObjectStore(new ChangeLog('log'));
  const now = () => clock.nowMs();
  let sessions = 0;
  const queue = new HashQueue({ threshold: 50 });
  const authenticator = new Authenticator({
    store,
    queue,
    algorithm: 'test',
    now,
    sessionsOf: () => sessions,
  });
  const administration = createAdministration({
    store,
    authenticator,
    algorithm: 'test',
    now,
    assertWritable: () => undefined,
  });
  const seed = {
    tenants: [{ name: 'customer', securityRules: rules }],
    persons: [{ tenant: 'customer', userName: 'user', password: 'right', ...person }],
    ...more,
  };
  await plantSeed(seedSchema.parse(seed), administration);
  const dbid = administration.personNamed('user')?.['DBID'] as number;
  return {
    clock,
    administration,
    dbid,
    setSessions: (count: number) => {
      sessions = count;
    },
    login: (password = 'right') =>
      authenticator.authenticate('user', password).then(
        (verified) => verified,
        (error) => error.code as string,
      ),
    loginThrough: (tenantDbid: number, password: string) =>
      authenticator.authenticate('user', password, tenantDbid).then(
        (verified) => verified,
        (error) => error.code as string,
      ),
    change: (oldPassword: string, newPassword: string) =>
      authenticator.changePassword('user', oldPassword, newPassword).then(
        () => 'changed',
        (error) => error.options.details?.rules ?? error.code,
      ),
  };
}

const isIn = expect.objectContaining({ changePasswordRequired: expect.any(Boolean) });

describe('lock-out', () => {
  it('falls at the threshold, holds against the right password, and ends after its duration', async () => {
    const { clock, login } = await estate({ 'account-lockout-threshold': 3, 'account-lockout-duration': 10 });
    for (let count = 0; count < 3; count += 1) expect(await login('wrong')).toBe('AuthenticationFailed');
    expect(await login()).toBe('AccountLocked');
    await clock.advance(10 * minutes - 1_000);
    expect(await login()).toBe('AccountLocked');
    await clock.advance(2_000);
    expect(await login()).toEqual(isIn);
  });

  it('counts only failures within the period', async () => {
    const { clock, login } = await estate({
      'account-lockout-threshold': 2,
      'account-lockout-attempts-period': 5,
    });
    await login('wrong');
    await clock.advance(5 * minutes);
    await login('wrong');
    expect(await login()).toEqual(isIn);
  });

  it('forgets failures after a success', async () => {
    const { login } = await estate({ 'account-lockout-threshold': 2 });
    await login('wrong');
    await login();
    await login('wrong');
    expect(await login()).toEqual(isIn);
  });

  it('without a duration holds until an administrator unlocks', async () => {
    const { clock, login, administration, dbid } = await estate({ 'account-lockout-threshold': 1 });
    await login('wrong');
    await clock.advance(365 * days);
    expect(await login()).toBe('AccountLocked');
    await administration.unlock(dbid);
    expect(await login()).toEqual(isIn);
  });

  it('gives fifty tries at once no more than the threshold', async () => {
    const { login } = await estate({ 'account-lockout-threshold': 3 });
    const guesses = Array.from({ length: 40 }, (_, index) => (index === 20 ? 'right' : 'wrong'));
    const outcomes = await Promise.all(guesses.map((guess) => login(guess)));
    expect(outcomes[20]).toBe('AccountLocked');
    expect(outcomes.filter((outcome) => outcome === 'AuthenticationFailed')).toHaveLength(39);
  });

  it('does not fall for tries through another tenant, which could only lock the account', async () => {
    const { login, loginThrough } = await estate({ 'account-lockout-threshold': 1 });
    for (let count = 0; count < 3; count += 1) {
      expect(await loginThrough(999, 'wrong')).toBe('AuthenticationFailed');
      expect(await loginThrough(999, 'right')).toBe('AuthenticationFailed');
    }
    expect(await login()).toEqual(isIn);
  });

  it('spares a person who is exempt', async () => {
    const { login } = await estate(
      { 'account-lockout-threshold': 1 },
      { securityRules: { 'account-override-lockout': true } },
    );
    await login('wrong');
    expect(await login()).toEqual(isIn);
  });
});

describe('expiry', () => {
  it('of an account that was idle for too long', async () => {
    const { clock, login } = await estate({ 'account-expiration': 30 });
    expect(await login()).toEqual(isIn);
    await clock.advance(30 * days - 1_000);
    expect(await login()).toEqual(isIn);
    await clock.advance(31 * days);
    expect(await login()).toBe('AccountExpired');
    expect(await login('wrong')).toBe('AuthenticationFailed');
  });

  it('of an account ends when an administrator lets it in again, and begins anew', async () => {
    const { clock, login, administration, dbid } = await estate({ 'account-expiration': 30 });
    await login();
    await clock.advance(31 * days);
    expect(await login()).toBe('AccountExpired');
    await administration.unlock(dbid);
    await clock.advance(29 * days);
    expect(await login()).toEqual(isIn);
    await clock.advance(31 * days);
    expect(await login()).toBe('AccountExpired');
  });

  it('of a password: announced, then refused, and changed all the same', async () => {
    const { clock, login, change } = await estate({
      'password-expiration': 10,
      'password-expiration-notify': 3,
    });
    expect(await change('right', 'second')).toBe('changed');
    await clock.advance(6 * days);
    expect(await login('second')).toMatchObject({ passwordExpiresInDays: undefined });
    await clock.advance(2 * days);
    expect(await login('second')).toMatchObject({ passwordExpiresInDays: 2 });
    await clock.advance(2 * days);
    expect(await login('second')).toBe('PasswordExpired');
    expect(await change('second', 'third')).toBe('changed');
    expect(await login('third')).toEqual(isIn);
  });
});

describe('passwords', () => {
  it('are held against every rule, and all that are broken are named', async () => {
    const { change } = await estate({
      'password-min-length': 8,
      'password-req-alpha': true,
      'password-req-number': 'yes',
      'password-req-punctuation': true,
      'password-req-mixed-case': true,
    });
    expect(await change('right', '')).toEqual(['min-length', 'alpha', 'number', 'punctuation', 'mixed-case']);
    expect(await change('right', 'longenough')).toEqual(['number', 'punctuation', 'mixed-case']);
    expect(await change('right', 'Long-enough-1')).toBe('changed');
  });

  it('do not come back before so many others', async () => {
    const { change } = await estate({ 'password-no-repeats': 2 });
    expect(await change('right', 'right')).toEqual(['no-repeats']);
    expect(await change('right', 'second')).toBe('changed');
    expect(await change('second', 'right')).toEqual(['no-repeats']);
    expect(await change('second', 'third')).toBe('changed');
    expect(await change('third', 'right')).toBe('changed');
  });

  it('change once when two ask at once: the second one no longer knows the old password', async () => {
    const { change, login } = await estate({ 'password-no-repeats': 3 });
    const outcomes = await Promise.all([change('right', 'first'), change('right', 'second')]);
    expect(outcomes).toEqual(['changed', 'AuthenticationFailed']);
    expect(await login('first')).toEqual(isIn);
    expect(await change('first', 'right')).toEqual(['no-repeats']);
  });

  it('must be changed where all users were told to, until each has done so', async () => {
    const { login, change } = await estate({ 'force-password-reset': true });
    expect(await login()).toMatchObject({ changePasswordRequired: true });
    await change('right', 'own');
    expect(await login('own')).toMatchObject({ changePasswordRequired: false });
  });

  it('of at most so many sessions of one account', async () => {
    const { login, setSessions } = await estate({ 'max-account-sessions': 2 });
    setSessions(1);
    expect(await login()).toMatchObject({ sessions: 1 });
    setSessions(2);
    expect(await login()).toBe('TooManySessions');
  });
});

describe('inheritance', () => {
  const persons = [{ tenant: 'child', userName: 'user', password: 'right' }];
  const chain = (child: Record<string, string | boolean>) => ({
    environmentSecurityRules: { 'account-lockout-threshold': 1 },
    tenants: [{ name: 'parent' }, { name: 'child', parent: 'parent', securityRules: child }],
    persons,
  });

  it('takes a rule from the nearest ancestor, up to ENVIRONMENT', async () => {
    const { login } = await estate({}, {}, chain({}));
    await login('wrong');
    expect(await login()).toBe('AccountLocked');
  });

  it('lets a tenant set a single value of its own', async () => {
    const { login } = await estate({}, {}, chain({ 'account-lockout-threshold': '2' }));
    await login('wrong');
    expect(await login()).toEqual(isIn);
  });

  it('ends at a tenant that overrides the whole section', async () => {
    const { login } = await estate({}, {}, chain({ 'tenant-override-section': true }));
    await login('wrong');
    expect(await login()).toEqual(isIn);
  });

  it('does not reach externally authenticated users', async () => {
    const { login, administration, dbid } = await estate({ 'account-lockout-threshold': 1 });
    await administration.updatePerson(dbid, { isExternalAuth: 2 });
    await login('wrong');
    expect(await login()).toEqual(isIn);
  });
});

describe('the hash queue', () => {
  it('refuses what is above its threshold with CFGForcedDisconnect, and serves the rest', async () => {
    const queue = new HashQueue({ concurrency: 1, threshold: 2 });
    const gate = Promise.withResolvers<string>();
    const works = Array.from({ length: 5 }, () =>
      queue.run(() => gate.promise).catch((error) => error.code as string),
    );
    gate.resolve('done');
    expect((await Promise.all(works)).sort()).toEqual([
      'CFGForcedDisconnect',
      'CFGForcedDisconnect',
      'done',
      'done',
      'done',
    ]);
  });

  it('never works on more than it may, also while a place is handed over', async () => {
    const queue = new HashQueue({ concurrency: 1 });
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    };
    // One more at every step, so that one comes between the end of a work and the start of the next.
    const works: Promise<void>[] = [];
    for (let count = 0; count < 50; count += 1) {
      works.push(queue.run(work));
      await Promise.resolve();
    }
    await Promise.all(works);
    expect(most).toBe(1);
  });

  it('is asked by unknown names one after the other as by known ones: else the time of many at once would tell them', async () => {
    const store = new ObjectStore(new ChangeLog('log'));
    let running = 0;
    let most = 0;
    class WatchedQueue extends HashQueue {
      override async run<T>(work: () => Promise<T>): Promise<T> {
        running += 1;
        most = Math.max(most, running);
        try {
          return await super.run(work);
        } finally {
          running -= 1;
        }
      }
    }
    const queue = new WatchedQueue();
    const authenticator = new Authenticator({
      store,
      queue,
      algorithm: 'test',
      now: () => 0,
      sessionsOf: () => 0,
    });
    const tries = Array.from({ length: 10 }, () => authenticator.authenticate('Nobody', 'wrong'));
    await Promise.allSettled([...tries, authenticator.authenticate('NOBODY', 'wrong')]);
    expect(most).toBe(1);
  });

  it('does the same work for an unknown user as for a wrong password', async () => {
    const clock = new ManualClock();
    const store = new ObjectStore(new ChangeLog('log'));
    let hashes = 0;
    class CountingQueue extends HashQueue {
      override run<T>(work: () => Promise<T>): Promise<T> {
        hashes += 1;
        return super.run(work);
      }
    }
    const now = () => clock.nowMs();
    const authenticator = new Authenticator({
      store,
      queue: new CountingQueue(),
      algorithm: 'test',
      now,
      sessionsOf: () => 0,
    });
    const administration = createAdministration({
      store,
      authenticator,
      algorithm: 'test',
      now,
      assertWritable: () => undefined,
    });
    await administration.createTenant({ dbid: 1, name: 'ENVIRONMENT' });
    await administration.createPerson({ tenantDbid: 1, userName: 'user', password: 'right' });
    await administration.createPerson({ tenantDbid: 1, userName: 'without' });
    for (const [userName, total] of [
      ['user', 1],
      ['nobody', 2],
      ['without', 3],
    ] as const) {
      await expect(authenticator.authenticate(userName, 'wrong')).rejects.toMatchObject({
        code: 'AuthenticationFailed',
      });
      expect(hashes).toBe(total);
    }
  });
});
