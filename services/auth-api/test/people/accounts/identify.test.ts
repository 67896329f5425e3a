import { InMemoryBackend, type MemoryPerson } from '@gatehouse/config-server-client/testing';
import { describe, expect, it } from 'vitest';
import { readMapping } from '../../../src/config/authority-mapping.ts';
import { createIdentification } from '../../../src/people/accounts/identify.ts';
import { createIdentities } from '../../../src/people/accounts/identities.ts';
import { membersOf } from '../../../src/people/directories/members.ts';
import { contactCenterId, demoContactCenter, environmentId } from '../../stack/auth-api.ts';

const person = (DBID: number, changes: Partial<MemoryPerson> = {}): MemoryPerson => ({
  DBID,
  tenantDBID: 101,
  userName: `person-${DBID}`,
  isAgent: 1,
  state: 1,
  password: '',
  ...changes,
});

const backend = new InMemoryBackend({
  persons: [
    person(1, { emailAddress: 'Ada@Example.com', externalID: 'ext-1' }),
    person(2, { emailAddress: 'shared@example.com' }),
    person(3, { emailAddress: 'shared@example.com' }),
    person(4, { emailAddress: 'left@example.com', state: 2 }),
    person(5, { emailAddress: 'left-and-back@example.com', state: 2 }),
    person(6, { emailAddress: 'left-and-back@example.com' }),
    person(7, { tenantDBID: 102, emailAddress: 'elsewhere@example.com' }),
  ],
  accessGroups: [
    {
      groupInfo: { DBID: 9, tenantDBID: 101, name: 'Agents', state: 1 },
      memberIDs: [{ DBID: 1, type: 3 }],
      type: 2,
    },
    {
      groupInfo: { DBID: 8, tenantDBID: 101, name: 'Closed', state: 2 },
      memberIDs: [{ DBID: 1, type: 3 }],
      type: 2,
    },
  ],
});

const identificationBy = (server: InMemoryBackend, mapping: string[] = []) =>
  createIdentification({
    contactCenters: { get: async () => demoContactCenter },
    links: {
      open: async () => ({
        ...membersOf({ backend: server, tenantDbid: 101, takesIn: undefined }),
        place: { contactCenterId, environmentId, subjectScope: 'environment', domain: 'demo' },
        tenantDbid: 101,
        isProvisioned: false,
      }),
    },
    identities: createIdentities({ mapping: readMapping(mapping), now: () => 1000 }),
    now: () => 1000,
  });
const { identify, isMember } = identificationBy(backend);

const find = (lookup: 'userName' | 'email' | 'externalId', name: string, accessGroups: string[] = []) =>
  identify({ contactCenterId, lookup, name, accessGroups });

describe('a person whom an identity provider names', () => {
  it('is found by user name, by e-mail address in any case, or by external id', async () => {
    const found = await Promise.all([
      find('userName', 'PERSON-1'),
      find('email', 'ada@example.COM'),
      find('externalId', 'ext-1'),
    ]);
    for (const one of found)
      expect(one).toMatchObject({ outcome: 'found', identity: { dbid: 1 }, provedAtMs: 1000 });
  });

  it('keeps the authority of a mapped group beside more groups than a token carries', async () => {
    const names = [...Array.from({ length: 300 }, (_group, index) => `group-${index}`), 'zoo'];
    const crowded = new InMemoryBackend({
      persons: [person(1)],
      accessGroups: names.map((name, index) => ({
        groupInfo: { DBID: 10 + index, tenantDBID: 101, name, state: 1 },
        memberIDs: [{ DBID: 1, type: 3 }],
        type: 2,
      })),
    });
    const ofPerson = {
      contactCenterId,
      lookup: 'userName' as const,
      name: 'person-1',
      accessGroups: ['zoo'],
    };
    const found = await identificationBy(crowded, ['group:zoo=ROLE_KEEPER']).identify(ofPerson);

    const authorities = found.outcome === 'found' ? found.identity.authorities : [];
    const granted = authorities.map(({ name }) => name);
    expect(granted).toEqual(expect.arrayContaining(['ROLE_KEEPER', 'GROUP_zoo']));
    expect(granted.filter((name) => name.startsWith('GROUP_'))).toHaveLength(200);
  });

  it('is refused when unknown, disabled, ambiguous or of another tenant', async () => {
    const outcomes = await Promise.all([
      find('email', 'nobody@example.com'),
      find('email', 'left@example.com'),
      find('email', 'shared@example.com'),
      find('email', 'elsewhere@example.com'),
      find('externalId', 'EXT-1'),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      'unknown',
      'disabled',
      'ambiguous',
      'unknown',
      'unknown',
    ]);
  });

  // attack: asserted name that is another account's until it is trimmed or folded | CWE-178 | guard: services/auth-api/src/people/accounts/identify.ts
  it('is nobody by a name that is theirs only when it is trimmed, widened or composed by compatibility', async () => {
    for (const [lookup, name] of [
      ['userName', ' person-1'],
      ['userName', 'person-1 '],
      ['userName', 'ｐｅｒｓｏｎ-1'],
      ['email', 'ada@example.com '],
      ['externalId', ' ext-1'],
    ] as const) {
      const server = new InMemoryBackend({ persons: [], accessGroups: [] });
      // A server that trims and folds what it is asked for.
      server.readPersons = async () => [person(1, { emailAddress: 'ada@example.com', externalID: 'ext-1' })];
      const identified = await identificationBy(server).identify({
        contactCenterId,
        lookup,
        name,
        accessGroups: [],
      });
      expect([name, identified.outcome]).toEqual([name, 'unknown']);
    }
  });

  it('is the enabled one where a former account has the same address', async () => {
    expect(await find('email', 'left-and-back@example.com')).toMatchObject({ identity: { dbid: 6 } });
  });

  it('53 · bears the name that was looked for, whatever the server answers: a filter that it does not know, accents, patterns', async () => {
    const answers = (changes: Partial<MemoryPerson>) => {
      const server = new InMemoryBackend({ persons: [], accessGroups: [] });
      server.readPersons = async () => [person(1, changes)];
      return identificationBy(server).identify;
    };
    const identifyBy = answers({ userName: 'josé', emailAddress: null, externalID: '' });
    for (const lookup of ['userName', 'email', 'externalId'] as const) {
      for (const name of ['jose', 'j*', 'stranger@example.com'])
        expect(await identifyBy({ contactCenterId, lookup, name, accessGroups: [] })).toEqual({
          outcome: 'unknown',
        });
    }
    const itself = await identifyBy({ contactCenterId, lookup: 'userName', name: 'JOSÉ', accessGroups: [] });
    expect(itself.outcome).toBe('found');
  });

  it('must be in one of the access groups, and in one that is enabled', async () => {
    expect(await find('userName', 'person-1', ['Agents'])).toMatchObject({ outcome: 'found' });
    expect(await find('userName', 'person-1', ['Closed'])).toMatchObject({ outcome: 'not_a_member' });
    expect(await find('userName', 'person-2', ['Agents'])).toMatchObject({ outcome: 'not_a_member' });
  });
});

describe('whether somebody is in an access group', () => {
  it('48 · costs the same questions for a person and for a name that nobody has', async () => {
    const callsOf = async (userName: string) => {
      const before = { ...backend.calls };
      await isMember({ contactCenterId, userName, accessGroups: ['Agents'] });
      return {
        persons: backend.calls.readPersons - before.readPersons,
        groups: backend.calls.readAccessGroups - before.readAccessGroups,
      };
    };
    expect(await callsOf('person-2')).toEqual(await callsOf('nobody'));
  });
});
