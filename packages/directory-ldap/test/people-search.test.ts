/** People of a real OpenLDAP found by the beginning of a name, page by page, without giving anybody a number. */
import type { PersonSearch } from '@gatehouse/people-directory';
import {
  findSlapd,
  type LdapTestServer,
  ldapNames,
  personDn,
  startLdapServer,
} from '@gatehouse/testing/ldap';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numbersOfTest, on, openBackend, settingsFor } from './directory-under-test.ts';

const crowd = Array.from({ length: 520 }, (_person, index) => `crowd-${String(index).padStart(3, '0')}`);

describe.skipIf(findSlapd() === undefined)('people', () => {
  let server: LdapTestServer;
  beforeAll(async () => {
    server = await startLdapServer({
      people: [
        { uid: 'zoe', attributes: { givenName: 'Anna', sn: 'Berg', mail: 'Qzoe@example.test' } },
        { uid: 'Xanton', attributes: { givenName: 'Toni', sn: 'Amsel' } },
        { uid: 'xbert', attributes: { sn: 'Ångström', pwdAccountLockedTime: '000001010000Z' } },
        { uid: 'x*(cn', attributes: { sn: 'de la Cruz', givenName: 'Chloe' } },
        { uid: 'xlocked', attributes: { sn: 'Stern', pwdAccountLockedTime: '20260101000000Z' } },
        ...crowd.map((uid) => ({ uid, password: '' })),
      ],
    });
  });
  afterAll(() => server?.close());

  const open = (overrides: Parameters<typeof settingsFor>[0] = {}) => {
    const numbers = numbersOfTest();
    const backend = openBackend([on(server.port)], settingsFor(overrides), { numbers });
    const find = (search: Partial<PersonSearch>) => backend.searchPersons({ text: '', limit: 50, ...search });
    const namesOf = async (text: string) => (await find({ text })).people.map(({ userName }) => userName);
    return { backend, numbers, find, namesOf };
  };

  it.each([
    ['user name', 'XAN', ['Xanton']],
    ['e-mail address', 'qZOE@', ['zoe']],
    ['last name', 'ång', ['xbert']],
    ['first and last name', 'anna be', ['zoe']],
    ['last name of several words', 'de la', ['x*(cn']],
    ['first and last name of several words', 'chloe DE la c', ['x*(cn']],
  ])('are found by the beginning of a %s', async (_what, text, names) => {
    expect(await open().namesOf(text)).toEqual(names);
  });

  // attack: read other entries, or everybody, by a filter in the place of a name | CWE-90, RFC 4515 3 | guard: packages/directory-ldap/src/people/filters.ts
  it.each(['*', 'zo*', '*)(uid=zoe', 'zoe)(objectClass=*', String.raw`\7aoe`, 'anna )(sn=*'])(
    'are found by the text as it stands: %j',
    async (text) => {
      const { find, namesOf } = open();
      expect(await namesOf(text)).toEqual([]);
      expect((await find({ text, isUserName: true })).people).toEqual([]);
    },
  );

  it('are those of the filter of the environment alone', async () => {
    const { namesOf } = open({ filters: { person: '(uid=x*)', group: '(cn=*)' } });
    expect(await namesOf('zoe')).toEqual([]);
    expect(await namesOf('xan')).toEqual(['Xanton']);
    expect(await namesOf(ldapNames.bindDn)).toEqual([]);
  });

  it('come with what a list shows, in the order of their names', async () => {
    expect(await open().find({ text: 'x' })).toEqual({
      people: [
        {
          userName: 'x*(cn',
          dn: personDn('x*(cn'),
          firstName: 'Chloe',
          lastName: 'de la Cruz',
          email: expect.any(String),
          state: 'active',
        },
        expect.objectContaining({ userName: 'Xanton', state: 'active' }),
        expect.objectContaining({ userName: 'xbert', state: 'disabled' }),
        expect.objectContaining({ userName: 'xlocked', state: 'locked' }),
      ],
      isCut: false,
      isWholeNames: false,
    });
  });

  it('get no number by being looked at, and show the one that they have', async () => {
    const { backend, numbers, find } = open();
    expect((await find({ text: 'zoe' })).people[0]).not.toHaveProperty('dbid');
    expect(numbers.size()).toBe(0);
    const { userDbid } = await backend.authenticate({ userName: 'zoe', password: ldapNames.personPassword });
    expect((await find({ text: 'zoe' })).people).toMatchObject([{ dbid: userDbid }]);
    expect((await find({ text: 'ZOE', isUserName: true })).people).toMatchObject([{ dbid: userDbid }]);
  });

  it('come in pages that miss nobody, and are of one tenant', async () => {
    const { find } = open();
    const found: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await find({ text: 'crowd-1', limit: 30, ...(after === undefined ? {} : { after }) });
      expect([page.people.length <= 30, page.isCut]).toEqual([true, false]);
      found.push(...page.people.map(({ userName }) => userName));
      after = page.next;
      if (after === undefined) break;
    }
    expect(found).toEqual(crowd.filter((uid) => uid.startsWith('crowd-1')));
    expect((await find({ text: 'crowd-1', tenantDbid: 7 })).people).toEqual([]);
  });

  it('are cut where too many match, and the answer says so', async () => {
    const { find } = open();
    const page = await find({ text: 'crowd' });
    expect([page.people.length, page.isCut]).toEqual([50, true]);
    expect((await find({})).isCut).toBe(true);
  });
});
