/** Proves the same of people of a real OpenLDAP that has a thousand others. */

import { ldapNames } from '@gatehouse/testing/ldap-data';
import { findSlapd } from '@gatehouse/testing/ldap-server';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { outcome } from './door.ts';
import { bystander, startLdapDirectory } from './ldap.ts';
import { type Stage, startStage } from './stage.ts';
import { describeDirectory } from './suite.ts';

describe.skipIf(findSlapd() === undefined)('with slapd', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage?.close());

  describeDirectory(
    'ldap',
    startLdapDirectory,
    () => stage,
    (test) => {
      test('two hundred of a thousand people sign in, forty at a time, each as another person', async (door) => {
        const subjects = new Set<unknown>();
        for (let first = 0; first < 1_000; first += 200) {
          const logins = Array.from({ length: 40 }, async (_, index) => {
            const granted = await door.grant(bystander(first + index), ldapNames.personPassword);
            expect(granted.status, granted.body).toBe(200);
            subjects.add((await door.identity(granted.json())).sub);
          });
          await Promise.all(logins);
        }
        expect(subjects.size).toBe(200);
        expect(outcome(await door.login(bystander(1_000), ldapNames.personPassword))).toBe(
          '401 bad_credentials',
        );
      });
    },
  );
});
