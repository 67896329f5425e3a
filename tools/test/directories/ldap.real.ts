/** Proves the same of people of a real OpenLDAP that has a thousand others. */

import { findSlapd } from '@gatehouse/testing/ldap';
import { afterAll, beforeAll, describe } from 'vitest';
import { crowdCases } from './cases/crowd.ts';
import { startOpenLdap } from './ldap.ts';
import { type Stage, startStage } from './stage.ts';
import { describeDirectory } from './suite.ts';

describe.skipIf(findSlapd() === undefined)('with slapd', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage?.close());

  describeDirectory('openLdap', startOpenLdap, () => stage, crowdCases);
});
