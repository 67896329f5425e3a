import { CfgRank } from '@gatehouse/config-server-client/model/enumerations';
import type { CfgPerson } from '@gatehouse/config-server-client/model/person';
import { describe, expect, it } from 'vitest';
import { noEntitlements, readMapping } from '../../src/users/authorities.ts';
import { buildIdentity, subjectOf } from '../../src/users/identity.ts';

const place = { contactCenterId: 'cc', environmentId: 'env', domain: 'demo' };
const person: CfgPerson = {
  DBID: 101,
  tenantDBID: 7,
  userName: 'Agent',
  firstName: 'Ada',
  lastName: null,
  emailAddress: 'ada@example.com',
  isAgent: 2,
  state: 1,
};

const noMapping = readMapping([]);
const identityOf = (of: CfgPerson) => buildIdentity(of, place, noEntitlements, noMapping);

const namesOf = (changes: Partial<CfgPerson>) =>
  identityOf({ ...person, ...changes } as CfgPerson).authorities.map(({ name }) => name);

describe('subjectOf', () => {
  it('is a UUID that depends on environment and DBID alone', () => {
    expect(subjectOf('env', 101)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(subjectOf('env', 101)).toBe(subjectOf('env', 101));
    expect(
      new Set([subjectOf('env', 101), subjectOf('env', 102), subjectOf('env2', 101), subjectOf('env1', 1)])
        .size,
    ).toBe(4);
  });
});

describe('buildIdentity', () => {
  it('names the user for the whole installation and keeps what the Configuration Server calls them', () => {
    expect(identityOf(person)).toMatchObject({
      sub: subjectOf('env', 101),
      username: 'demo\\Agent',
      loginName: 'Agent',
      cmeUserName: 'Agent',
      dbid: 101,
      tenantDbid: 7,
      firstName: 'Ada',
      email: 'ada@example.com',
      properties: { tenantDBID: '7', firstName: 'Ada', emailAddress: 'ada@example.com' },
    });
    expect(identityOf(person)).not.toHaveProperty('lastName');
  });

  it('makes everybody a user, agents agents and administrators of any application administrators', () => {
    expect(namesOf({ isAgent: 1 })).toEqual(['ROLE_USER']);
    expect(namesOf({ isAgent: 0 })).toEqual(['ROLE_USER']);
    expect(namesOf({ isAgent: 2 })).toEqual(['ROLE_USER', 'ROLE_AGENT']);
    expect(namesOf({ isAgent: 1, appRanks: [{ appType: 19, appRank: CfgRank.designer }] })).toEqual([
      'ROLE_USER',
    ]);
    expect(
      namesOf({ isAgent: 1, appRanks: [{ appType: 19, appRank: CfgRank.tenantAdministrator }] }),
    ).toEqual(['ROLE_USER', 'ROLE_ADMIN']);
  });
});
