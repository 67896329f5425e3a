/** Names that want to be a filter, a name of an entry, or another spelling of an account, against a real OpenLDAP. */
import { isConfigServerError } from '@gatehouse/people-directory';
import {
  findSlapd,
  groupDn,
  type LdapTestServer,
  ldapNames,
  personDn,
  startLdapServer,
} from '@gatehouse/testing/ldap';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { on, openBackend, settingsFor } from './directory-under-test.ts';

const password = ldapNames.personPassword;

describe.skipIf(findSlapd() === undefined)('names that people type', () => {
  let server: LdapTestServer;
  beforeAll(async () => {
    server = await startLdapServer({
      people: [
        { uid: 'anna' },
        { uid: 'two words' },
        { uid: 'x)(cn=*' },
        { uid: 'bert', password: 'Other-Horse-9' },
      ],
      groups: [
        { cn: 'Managers', members: [personDn('bert')] },
        { cn: 'Odd', members: [personDn('x)(cn=*')] },
      ],
    });
  });
  afterAll(() => server?.close());
  const open = () => openBackend([on(server.port)], settingsFor());
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'ok',
      (error: unknown) => (isConfigServerError(error) ? error.code : `no ConfigServerError: ${error}`),
    );

  // attack: sign in by a filter in the place of a name | CWE-90, RFC 4515 3 | guard: packages/directory-ldap/src/people/filters.ts
  it.each([
    '*',
    'ann*',
    '*)(uid=anna',
    'anna)(objectClass=*',
    '*))(|(uid=anna',
    'anna)(|(uid=*',
    String.raw`\61nna`,
    'anna\0',
  ])('are no filters: %j', async (userName) => {
    const backend = open();

    expect(await codeOf(backend.authenticate({ userName, password }))).toBe('AuthenticationFailed');
    expect(await backend.readPersons({ user_name: userName })).toEqual([]);
    expect(await backend.readPersons({ email_address: userName })).toEqual([]);
  });

  // attack: sign in as an entry that is no person, by its name | CWE-90, RFC 4514 2.4 | guard: packages/directory-ldap/src/passwords/authenticate.ts
  it.each([
    [ldapNames.bindDn, ldapNames.bindPassword],
    [ldapNames.adminDn, ldapNames.adminPassword],
    [personDn('bert'), 'Other-Horse-9'],
    ['uid=bert', 'Other-Horse-9'],
  ])('are no names of entries: %s', async (userName, right) => {
    expect(await codeOf(open().authenticate({ userName, password: right }))).toBe('AuthenticationFailed');
  });

  // attack: get into a group by a name with the characters of a filter | CWE-90, RFC 4515 3 | guard: packages/directory-ldap/src/people/filters.ts
  it('are in the groups that name them, whatever characters they have', async () => {
    const backend = open();
    const { userDbid } = await backend.authenticate({ userName: 'x)(cn=*', password });
    const groups = await backend.readAccessGroups({ person_dbid: userDbid });

    expect(groups.map(({ groupInfo }) => groupInfo.name)).toEqual(['Odd']);
    expect(groupDn('Odd')).toContain('cn=Odd');
  });

  // attack: try more passwords than the limit permits, under other spellings of one name | RFC 4518 2.6.1, CWE-307 | guard: packages/directory-ldap/src/people/find.ts
  it('are found under the spellings that attempts are counted under, and no others', async () => {
    const backend = open();
    for (const same of ['two words', 'TWO WORDS', 'Two Words '])
      expect(await codeOf(backend.authenticate({ userName: same, password }))).toBe('ok');
    for (const other of ['two  words', 'two\u00ad words', 'two   words'])
      expect(await codeOf(backend.authenticate({ userName: other, password }))).toBe('AuthenticationFailed');
  });
});
