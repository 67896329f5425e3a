/** Tries how passwords are changed, by whom, and what is said of them. */
import { expect } from 'vitest';
import { addApp, stepMs } from '../../../../services/auth-api/test/factors/people.ts';
import { postStep } from '../../../../services/auth-api/test/stack/second-step.ts';
import { anotherPassword, type Door, everything, outcome } from '../door.ts';
import { supervisors } from '../stage.ts';
import type { Case } from './logins.ts';

export function passwordCases(test: Case): void {
  test('a password that must be changed lets nobody in before it is', async (door) => {
    const person = await door.person();
    await door.source.demandNewPassword(person.userName);
    await throughChange(door, person, '403 password_change_required');
  });

  test('an expired password is told, and can be changed', async (door) => {
    const person = await door.person();
    await door.source.expirePassword(person.userName);
    await throughChange(door, person, '403 password_expired');
  });

  test('a password that is over is changed after the factor, where one is needed', async (door) => {
    const { requireFactorOf, source } = door;
    await requireFactorOf(supervisors.authority);
    try {
      await throughFactor(door, (userName) => source.demandNewPassword(userName));
      await throughFactor(door, (userName) => source.expirePassword(userName));
    } finally {
      await requireFactorOf();
    }
  });

  test('a change by its owner ends what the old password granted, and the new one counts at once', async (door) => {
    const person = await door.person();
    const { userName, password } = person;
    const [here, there] = [await door.enter(person), await door.enter(person)];
    const changed = await here.browser.postJson('/auth/v3/change-password', {
      data: { oldPassword: password, newPassword: anotherPassword },
    });
    expect(outcome(changed)).toBe('200 ok');
    expect(await door.alive(here)).toEqual(['session']);
    expect(await door.alive(there)).toEqual([]);
    expect((await door.refresh(there.tokens)).status).toBe(400);
    expect(outcome(await door.login(userName, password))).toBe('401 bad_credentials');
    const renewed = await door.enter({ userName, password: anotherPassword });
    // A message of the directory about the change ends nothing that came after it.
    await door.source.untilSeen();
    expect((await door.refresh(renewed.tokens)).status).toBe(200);
    expect(await door.alive(here)).toEqual(['session']);
  });

  test('a wrong old password, nobody and a disabled person change nothing, and are refused alike', async (door) => {
    const person = await door.person();
    const off = await door.person();
    await door.source.disable(off.userName);
    const held = await door.enter(person);
    for (const [name, old] of [
      [person.userName, 'Wrong-Horse-1'],
      ['nobody-of-that-name', person.password],
      [off.userName, off.password],
    ] as const)
      expect(outcome(await door.change(name, old, anotherPassword)), name).toBe('403 bad_credentials');
    expect(await door.alive(held)).toEqual(everything);
    expect(outcome(await door.login(person.userName, person.password))).toBe('200 ok');
  });

  test('each rule about passwords refuses by its name, and the old password stays', async (door) => {
    for (const [rule, breaking] of Object.entries(door.source.brokenRules)) {
      const person = await door.person({ userName: `Somebody-Of-Rule-${rule}-${Date.now()}` });
      const held = await door.enter(person);
      const answer = await door.change(person.userName, person.password, breaking(person));
      expect(outcome(answer), rule).toBe('400 password_policy');
      const { errors } = answer.json() as { errors: { status: { field: string; message: string } }[] };
      for (const { status } of errors) expect(status.field).toBe('newPassword');
      expect(errors.map(({ status }) => status.message.split(':')[0])).toContain(rule);
      expect(await door.alive(held)).toEqual(everything);
      expect(outcome(await door.login(person.userName, person.password))).toBe('200 ok');
    }
  });
}

async function throughFactor(door: Door, startOver: (userName: string) => Promise<void>): Promise<void> {
  const { authApi, source } = door;
  const { userName, password } = await door.person({ groups: [supervisors.group] });
  const { codeAt } = await addApp(authApi, await door.personOf(userName));
  await startOver(userName);
  const browser = door.newBrowser();
  const named = { tenant: source.domain, userName };
  const typed = await browser.postForm('/auth/v3/sign-in', { ...named, username: userName, password });
  expect(typed.location).toContain('/auth/second-step.html');
  const change = () =>
    browser.postForm('/auth/v3/change-password', {
      ...{ ...named, oldPassword: password, newPassword: anotherPassword },
    });
  expect((await change()).location).toContain('error=second_factor_required');
  expect(outcome(await door.change(userName, password, anotherPassword))).toBe('403 second_factor_required');
  const code = codeAt(Date.now() + stepMs);
  const given = await postStep(authApi, browser, 'code', { kind: 'totp', code });
  expect(given.location).toContain('/auth/change-password.html?error=password_');
  expect((await browser.get('/auth/v3/ping')).status).toBe(403);
  expect((await change()).location).toContain('/auth/signed-in.html');
  expect((await browser.get('/auth/v3/ping')).status).toBe(200);
  expect(outcome(await door.login(userName, password))).toBe('401 bad_credentials');
}

async function throughChange(
  door: Door,
  { userName, password }: { userName: string; password: string },
  told: string,
): Promise<void> {
  expect(outcome(await door.login(userName, 'Wrong-Horse-1'))).toBe('401 bad_credentials');
  expect(outcome(await door.login(userName, password))).toBe(told);
  expect((await door.grant(userName, password)).json().error).toBe('invalid_grant');
  expect(outcome(await door.change(userName, password, anotherPassword))).toBe('200 ok');
  expect(outcome(await door.login(userName, anotherPassword))).toBe('200 ok');
  expect(outcome(await door.login(userName, password))).toBe('401 bad_credentials');
}
