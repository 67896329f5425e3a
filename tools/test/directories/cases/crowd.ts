/** Tries that many people of a directory sign in at once, each as another person. */
import { ldapNames } from '@gatehouse/testing/ldap';
import { expect } from 'vitest';
import { outcome } from '../door.ts';
import { bystander } from '../ldap.ts';
import type { Case } from './logins.ts';

export function crowdCases(test: Case): void {
  test('two hundred of a thousand people sign in, twenty at a time, each as another person', async (door) => {
    const subjects = new Set<unknown>();
    const enter = async (userName: string) => {
      const granted = await door.grant(userName, ldapNames.personPassword);
      if (granted.status === 200) subjects.add((await door.identity(granted.json())).sub);
      return granted.status;
    };
    for (let first = 0; first < 1_000; first += 100) {
      const some = Array.from({ length: 20 }, (_, index) => bystander(first + index));
      // On a busy machine an answer may be late: then 503 asks to try again.
      await Promise.all(some.map((name) => expect.poll(() => enter(name), { timeout: 20_000 }).toBe(200)));
    }
    expect(subjects.size).toBe(200);
    expect(outcome(await door.login(bystander(1_000), ldapNames.personPassword))).toBe('401 bad_credentials');
  });
}
