/** Proves the same of people of a real 389 Directory Server that has a thousand others. */

import { debianVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { missingFor389 } from '@gatehouse/testing/ldap';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { crowdCases } from './cases/crowd.ts';
import { anotherPassword, outcome } from './door.ts';
import { start389 } from './ldap.ts';
import { type Stage, startStage } from './stage.ts';
import { describeDirectory } from './suite.ts';

const lacks389 = missingFor389();
describe.skipIf(lacks389 !== undefined)(
  `with ns-slapd${lacks389 === undefined ? '' : `: ${lacks389}`}`,
  () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await startStage();
    });
    afterAll(() => stage?.close());
    recordForeignSoftware(
      '389 Directory Server',
      'signs people in by LDAP over TLS, with its password policy and resets',
      () => debianVersion('389-ds-base'),
    );

    describeDirectory(
      'server389',
      start389,
      () => stage,
      (test) => {
        crowdCases(test);
        test('a password that an administrator has reset is changed once, by its owner', async (door) => {
          const { userName } = await door.person();
          const [reset, own] = ['Reset-Horse-3', anotherPassword];
          await door.source.setPassword(userName, reset);
          expect(outcome(await door.login(userName, reset))).toBe('403 password_change_required');
          expect(outcome(await door.change(userName, reset, own))).toBe('200 ok');
          for (let count = 0; count < 2; count += 1)
            expect(outcome(await door.login(userName, own))).toBe('200 ok');
        });
      },
    );
  },
);
