/** Tries what ends with a person: guesses, locks, accounts that are disabled or removed, and directories that are away. */
import { expect } from 'vitest';
import { anotherPassword, type Door, everything, outcome, strangeAddress } from '../door.ts';
import type { NewPerson } from '../source.ts';
import type { Case } from './logins.ts';

export function endCases(test: Case): void {
  test('guesses end with 429 before the directory locks, and the owner gets in meanwhile', async (door) => {
    const person = await door.person();
    const { userName, password } = person;
    const { browser } = await door.enter(person);
    const guess = () => door.login(userName, 'Wrong-Horse-1', door.newBrowser(strangeAddress));
    const outcomes = (await Promise.all(Array.from({ length: 12 }, guess))).map(outcome);
    const answered = outcomes.filter((said) => said === '401 bad_credentials').length;
    expect(answered).toBeGreaterThanOrEqual(3);
    expect(answered).toBeLessThan(6);
    expect(outcomes.filter((said) => said === '429 throttled')).toHaveLength(12 - answered);
    // Where the directory locks nobody, the first wait is a second; the next one is longer.
    const waitOf = async () => Number((await guess()).headers['retry-after'] ?? 0);
    await expect.poll(waitOf, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
    // A stranger must not learn that a guess is right.
    const right = await door.login(userName, password, door.newBrowser(strangeAddress));
    expect(outcome(right)).toBe('429 throttled');
    expect(outcome(await door.login(userName, password, browser))).toBe('200 ok');
  });

  test('an account that the directory has locked is told', async (door) => {
    const person = await door.person();
    const held = await door.enter(person);
    await door.source.lock(person.userName);
    expect(outcome(await door.login(person.userName, person.password))).toBe('403 account_locked');
    // A person who guesses from outside must not end what the owner holds.
    await door.source.untilSeen();
    expect(await door.alive(held)).toEqual(everything);
  });

  test('a person who is disabled loses session and tokens, also when enabled again', async (door) => {
    const { person, held } = await loses(door, ({ userName }) => door.source.disable(userName));
    await door.source.enable(person.userName);
    await expect
      .poll(async () => outcome(await door.login(person.userName, person.password)), { timeout: 2_000 })
      .toBe('200 ok');
    await door.source.untilSeen();
    expect(await door.alive(held)).toEqual([]);
    expect((await door.refresh(held.tokens)).status).toBe(400);
  });

  test('a person who is removed loses session and tokens, and signs in no more', async (door) => {
    await loses(door, ({ userName }) => door.source.remove(userName));
  });

  test('a password that an administrator sets ends what the old one granted', async (door) => {
    await loses(door, ({ userName }) => door.source.setPassword(userName, anotherPassword));
  });

  test('a person who is removed renews nothing from that moment on', async (door) => {
    const person = await door.person();
    const held = await door.enter(person);
    await door.source.remove(person.userName);
    const refused = await door.refresh(held.tokens);
    expect([refused.status, refused.json().error]).toEqual([400, 'invalid_grant']);
  });

  test('a directory that is away is answered with 503 and a time, counts against nobody, and ends nothing', async (door) => {
    const person = await door.person();
    const { userName, password } = await door.person();
    const held = await door.enter(person);
    door.source.cut();
    try {
      // As often as would stop them, were it counted.
      for (let count = 0; count < 4; count += 1) {
        const answer = await door.login(userName, password);
        expect([outcome(answer), Number(answer.headers['retry-after']) > 0]).toEqual(['503 try_again', true]);
      }
      const granted = await door.grant(userName, password);
      expect([granted.status, Number(granted.headers['retry-after']) > 0]).toEqual([503, true]);
      const changed = await door.change(userName, password, anotherPassword);
      expect([changed.status, Number(changed.headers['retry-after']) > 0]).toEqual([503, true]);
      expect(await door.alive(held)).toEqual(everything);
    } finally {
      door.source.heal();
    }
    await expect
      .poll(async () => outcome(await door.login(userName, password)), { timeout: 15_000, interval: 100 })
      .toBe('200 ok');
    expect(await door.alive(held)).toEqual(everything);
    expect((await door.refresh(held.tokens)).status).toBe(200);
  });
}

/** Within the time of the directory. */
async function loses(door: Door, change: (person: NewPerson) => Promise<void>) {
  const person = await door.person();
  const held = await door.enter(person);
  await door.source.untilSeen();
  expect(await door.alive(held)).toEqual(everything);
  const startedAtMs = performance.now();
  await change(person);
  const { endsWithinMs } = door.source;
  await expect.poll(() => door.alive(held), { timeout: 2 * endsWithinMs, interval: 20 }).toEqual([]);
  expect(performance.now() - startedAtMs).toBeLessThan(endsWithinMs);
  expect((await door.refresh(held.tokens)).status).toBe(400);
  expect(outcome(await door.login(person.userName, person.password))).toBe('401 bad_credentials');
  return { person, held };
}
