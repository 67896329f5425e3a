import { type CfgPerson, CfgRank } from '@gatehouse/people-directory';
import { describe, expect, it } from 'vitest';
import { readMapping } from '../../../src/config/authority-mapping.ts';
import { noEntitlements } from '../../../src/people/identity/authorities.ts';
import { buildIdentity } from '../../../src/people/identity/identity.ts';
import { type SubjectPlace, subjectOf, subjectsIn } from '../../../src/registry/contact-centers/subjects.ts';

const at = (changes: Partial<SubjectPlace> = {}): SubjectPlace => ({
  contactCenterId: 'cc',
  environmentId: 'env',
  subjectScope: 'environment',
  ...changes,
});
const place = { ...at(), domain: 'demo' };
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
  it('is a UUID that depends on environment and DBID alone, as it always has', () => {
    expect(subjectOf(at(), 101)).toBe('92112add-702c-8abe-9f93-59b8b9764d09');
    expect(subjectOf(at({ contactCenterId: 'another' }), 101)).toBe(subjectOf(at(), 101));
    const all = [at(), at({ environmentId: 'env2' })].flatMap((one) => [
      subjectOf(one, 101),
      subjectOf(one, 102),
    ]);
    expect(new Set([...all, subjectOf(at({ environmentId: 'env1' }), 1)]).size).toBe(5);
  });

  it('differs by contact centre where the contact centre says so', () => {
    const own = (contactCenterId: string) => at({ contactCenterId, subjectScope: 'contactCenter' });
    const all = [at(), own('cc'), own('another')].map((one) => subjectOf(one, 101));
    expect(new Set(all).size).toBe(3);
    for (const sub of all)
      expect(sub).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('of all contact centres of an environment are known together, with those that several share', () => {
    const known = subjectsIn(
      'env',
      [
        { id: 'cc', subjectScope: 'environment', subjectsWereShared: false },
        { id: 'another', subjectScope: 'contactCenter', subjectsWereShared: false },
      ],
      101,
    );
    const own = at({ contactCenterId: 'another', subjectScope: 'contactCenter' });
    expect(known).toEqual([
      { sub: subjectOf(at(), 101), contactCenterId: 'cc' },
      { sub: subjectOf(own, 101), contactCenterId: 'another' },
    ]);
    const sharing = ['cc', 'third'].map((id) => ({
      id,
      subjectScope: 'environment' as const,
      subjectsWereShared: false,
    }));
    expect(subjectsIn('env', sharing, 101)).toEqual([
      { sub: subjectOf(at(), 101), contactCenterId: undefined },
    ]);
  });
});

describe('buildIdentity', () => {
  it('names the user for the whole installation and keeps what the Configuration Server calls them', () => {
    expect(identityOf(person)).toMatchObject({
      sub: subjectOf(at(), 101),
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
