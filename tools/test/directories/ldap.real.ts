/** Proves the same of people of a real OpenLDAP that has a thousand others. */
import { printedVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { findSlapd } from '@gatehouse/testing/ldap';
import { afterAll, beforeAll, describe } from 'vitest';
import { crowdCases } from './cases/crowd.ts';
import { startOpenLdap } from './ldap.ts';
import { type Stage, startStage } from './stage.ts';
import { describeDirectory } from './suite.ts';

const slapd = findSlapd();

describe.skipIf(slapd === undefined)('with slapd', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage?.close());
  recordForeignSoftware('OpenLDAP', 'signs people in by LDAP over TLS, with its password policy', () =>
    printedVersion(slapd as string, '-VV'),
  );

  describeDirectory('openLdap', startOpenLdap, () => stage, crowdCases);
});
