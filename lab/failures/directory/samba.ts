/** Signs people of a Samba domain in, as of any Active Directory, and ends what they hold when they may no more. */
import { type Checks, endsAfter, pollSeconds, runChecks } from './checks.ts';
import type { Installation } from './installation.ts';
import { manyLogins } from './many-logins.ts';
import type { Row } from './row.ts';
import {
  bindAccount,
  changed,
  crowd,
  crowdLdif,
  disabledAccount,
  domainLdif,
  groupRemoved,
  groupRenamed,
  groupsInACircle,
  lockedAfter,
  movedElsewhere,
  password,
  passwordReset,
  peopleDn,
  removed,
} from './samba-people.ts';
import { domainDn, missingForSamba, type SambaServer, startSamba } from './samba-server.ts';

const domain = 'samba';
const newPassword = 'Another-Horse-2';
/** `maxGroups` of Auth API. */
const groupsInTokens = 200;

export async function activeDirectory(
  installation: Installation,
  report: (row: Row) => void,
  { logins }: { logins: number },
): Promise<void> {
  const { addDirectory, peopleOf, closers } = installation;
  const server = missingForSamba() ?? (await startSamba(closers).catch(({ message }: Error) => message));
  if (typeof server === 'string') {
    report({ name: 'Samba AD DC', figures: [], faults: [], skipped: server });
    return;
  }
  await server.modify(domainLdif());
  await server.modify(crowdLdif());
  const ldap = {
    type: 'activeDirectory' as const,
    servers: [{ address: server.address }],
    bindDn: bindAccount.name,
    bindPassword: bindAccount.password,
    baseDns: [peopleDn],
    groupBaseDns: [`OU=groups,${domainDn}`],
    pollSeconds,
  };
  const environmentId = await addDirectory(domain, ldap, server.ca);
  await runChecks('Samba AD DC', checks, { people: peopleOf(domain), server, report });
  const crowdOf = { server: 'Samba AD DC', domain, environmentId, people: [...crowd, 'wide'], password };
  await manyLogins(installation, crowdOf, report, logins);
}

const checks: Checks<SambaServer> = {
  async login({ signIn, token, userinfo }, _server, expect) {
    expect('right password', await signIn('anna', password), '200 ok');
    expect('name in other case', await signIn('ANNA', password), '200 ok');
    const { loginName, dbid, properties } = await userinfo(await token('anna', password));
    expect('login name', loginName, 'anna');
    expect('has a number', typeof dbid === 'number', true);
    expect('first name', (properties as Record<string, string>)['firstName'], 'Given');
  },
  async 'groups in groups'({ token, userinfo }, _server, expect) {
    const text = JSON.stringify((await userinfo(await token('anna', password)))['authorities']);
    for (const name of ['GROUP_Team', 'GROUP_Department', 'GROUP_Supervisors', 'ROLE_SUPERVISOR'])
      expect(name, text?.includes(name), true);
  },
  async 'groups elsewhere, in a circle, renamed, removed'({ token, userinfo }, { modify }, expect) {
    const groups = async () => {
      const { authorities } = await userinfo(await token('anna', password));
      const names = (authorities as { name: string }[]).map(({ name }) => name.replace('GROUP_', ''));
      const listed = ['Beyond', 'Closed', 'Former', 'Latter', 'Outside'];
      return listed.filter((name) => names.includes(name)).join();
    };
    expect('a group elsewhere leads on, and does not count', await groups(), 'Beyond,Closed,Former');
    await modify(groupsInACircle);
    expect('two that are in each other', await groups(), 'Beyond,Closed,Former');
    await modify(groupRenamed('Former', 'Latter'));
    expect('renamed', await groups(), 'Beyond,Closed,Latter');
    await modify(groupRemoved('Latter'));
    expect('removed', await groups(), 'Beyond,Closed');
  },
  async 'a person in 2 000 groups, a group of 3 000 people'({ token, userinfo }, _server, expect) {
    const groupsOf = async (name: string) => {
      const { authorities } = await userinfo(await token(name, password));
      return (authorities as { name: string }[]).map(({ name }) => name);
    };
    const wide = await groupsOf('wide');
    expect('groups in the token', wide.filter((name) => name.startsWith('GROUP_')).length, groupsInTokens);
    expect('authority of a mapped group that is last', wide.includes('ROLE_LAST'), true);
    expect('one of 3 000 is in the group', (await groupsOf('crowd-7')).includes('GROUP_Everybody'), true);
  },
  async 'wrong password, unknown name, disabled'({ signIn }, _server, expect) {
    expect('wrong password', await signIn('anna', 'Wrong-Horse-1'), '401 bad_credentials');
    expect('unknown name', await signIn('nobody', password), '401 bad_credentials');
    expect('a filter as a name', await signIn('a*', password), '401 bad_credentials');
    expect('disabled account', await signIn('off', password), '401 bad_credentials');
    expect('account whose time is over', await signIn('over', password), '403 account_expired');
  },
  async 'locked after wrong passwords'({ signIn }, { guess }, expect) {
    // At the server itself: our own limits let fewer through.
    for (let attempt = 0; attempt < lockedAfter; attempt += 1) await guess('locked');
    expect('right password then', await signIn('locked', password), '403 account_locked');
  },
  async 'must change the password'({ signIn, change }, _server, expect) {
    expect('login', await signIn('must', password), '403 password_change_required');
    expect('change', await change('must', password, newPassword), '200 ok');
    expect('login with the new one', await signIn('must', newPassword), '200 ok');
  },
  async 'password change by unicodePwd'({ signIn, change }, _server, expect) {
    expect('too short', await change('changes', password, 'Short-1'), '400 password_policy');
    expect('wrong old one', await change('changes', 'Wrong-Horse-1', newPassword), '403 bad_credentials');
    expect('change', await change('changes', password, newPassword), '200 ok');
    expect('login with the new one', await signIn('changes', newPassword), '200 ok');
    expect('login with the old one', await signIn('changes', password), '401 bad_credentials');
    expect('the old one again', await change('changes', newPassword, password), '400 password_policy');
  },
  async 'moved to another unit'({ token, userinfo }, { modify }, expect) {
    const number = async () => (await userinfo(await token('moves', password)))['dbid'];
    const before = await number();
    await modify(movedElsewhere('moves'));
    expect('number', await number(), before);
  },
  'disabled while signed in': endsAfter('leaves', password, ({ modify }) =>
    modify(changed('leaves', 'userAccountControl', disabledAccount)),
  ),
  'password reset by an administrator': endsAfter('reset', password, ({ modify }) =>
    modify(passwordReset('reset', newPassword)),
  ),
  removed: endsAfter('removed', password, ({ modify }) => modify(removed('removed'))),
};
