/** Signs people of a 389 Directory Server in: its locks, resets, expired passwords and grace logins, and what ends. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  changeOf,
  groupDn,
  type LdapTestServer,
  ldapNames,
  missingFor389,
  personDn,
  policyDn,
  start389Server,
} from '@gatehouse/testing/ldap';
import { type Checks, endsAfter, pollSeconds, runChecks } from './checks.ts';
import type { Installation } from './installation.ts';
import { manyLogins } from './many-logins.ts';
import type { Row } from './row.ts';

const execute = promisify(execFile);

const title = '389 Directory Server';
const domain = 'server-389';
const { personPassword: password, bindDn, bindPassword, peopleDn, groupsDn } = ldapNames;
const newPassword = 'Another-Horse-2';
const resetPassword = 'Reset-Horse-3';
const longAgo = '20200101000000Z';
const lockedAfter = 2;
const crowd = Array.from({ length: 1_000 }, (_, index) => `crowd-${index}`);

const demanding = { passwordExp: 'on', passwordMustChange: 'on', passwordCheckSyntax: 'on' };
/** By person: the attributes that make the case. */
const special: Record<string, Record<string, string>> = {
  off: { nsAccountLock: 'true' },
  // A person may set the same password again.
  expired: { passwordExpirationTime: longAgo, pwdpolicysubentry: policyDn('forgetful') },
  remembered: { passwordExpirationTime: longAgo, pwdpolicysubentry: policyDn('remembering') },
  graceful: { passwordExpirationTime: longAgo, pwdpolicysubentry: policyDn('graceful') },
  hasty: { pwdpolicysubentry: policyDn('patient') },
};
const plain = [
  'anna',
  'locked',
  'locked-too',
  'must',
  'changes',
  'renamed',
  'leaves',
  'reset',
  'removed',
  ...crowd,
];

export async function server389(
  installation: Installation,
  report: (row: Row) => void,
  { logins }: { logins: number },
): Promise<void> {
  const lacks = missingFor389();
  if (lacks !== undefined) {
    report({ name: title, figures: [], faults: [], skipped: lacks });
    return;
  }
  const server = await startServer();
  installation.closers.defer(() => server.close());
  const ldap = {
    servers: [{ address: '127.0.0.1', port: server.tlsPort }],
    ...{ bindDn, bindPassword, baseDns: [peopleDn], groupBaseDns: [groupsDn], pollSeconds },
    attributes: { id: 'nsUniqueId' },
  };
  const environmentId = await installation.addDirectory(domain, ldap, server.ca);
  await runChecks(title, checks, { people: installation.peopleOf(domain), server, report });
  const crowdOf = { server: title, domain, environmentId, people: crowd, password };
  await manyLogins(installation, crowdOf, report, logins);
}

function startServer(): Promise<LdapTestServer> {
  return start389Server({
    people: [
      ...plain.map((uid) => ({ uid })),
      ...Object.entries(special).map(([uid, attributes]) => ({ uid, attributes })),
    ],
    groups: [
      { cn: 'Team', members: [personDn('anna')] },
      { cn: 'Supervisors', members: [groupDn('Team')] },
    ],
    policy: {
      ...demanding,
      ...{ passwordHistory: 'on', passwordTrackUpdateTime: 'on' },
      ...{ passwordLockout: 'on', passwordMaxFailure: String(lockedAfter) },
    },
    policies: {
      forgetful: demanding,
      remembering: { ...demanding, passwordHistory: 'on' },
      graceful: { ...demanding, passwordHistory: 'on', passwordGraceLimit: '5' },
      patient: { ...demanding, passwordMinAge: '86400' },
    },
  });
}

const replace = ({ modify }: LdapTestServer, name: string, attribute: string, value: string) =>
  modify(changeOf(personDn(name), ['changetype: modify', `replace: ${attribute}`, [attribute, value]]));

async function bindWrongly(port: number, name: string): Promise<void> {
  const account = ['-D', personDn(name), '-w', 'Wrong-Horse-1'];
  await execute('ldapwhoami', ['-x', '-H', `ldap://127.0.0.1:${port}`, ...account]).catch(() => undefined);
}

const checks: Checks<LdapTestServer> = {
  async 'login, groups in groups'({ signIn, token, userinfo }, _server, expect) {
    expect('right password', await signIn('anna', password), '200 ok');
    expect('name in other case', await signIn('ANNA', password), '200 ok');
    const { loginName, dbid, authorities } = await userinfo(await token('anna', password));
    expect('login name', loginName, 'anna');
    expect('has a number', typeof dbid === 'number', true);
    for (const name of ['GROUP_Team', 'GROUP_Supervisors', 'ROLE_SUPERVISOR'])
      expect(name, JSON.stringify(authorities).includes(name), true);
  },
  async 'wrong password, unknown name, disabled'({ signIn }, _server, expect) {
    expect('wrong password', await signIn('anna', 'Wrong-Horse-1'), '401 bad_credentials');
    expect('unknown name', await signIn('nobody', password), '401 bad_credentials');
    expect('a filter as a name', await signIn('a*', password), '401 bad_credentials');
    expect('disabled account', await signIn('off', password), '401 bad_credentials');
  },
  async 'locked after wrong passwords (result 19)'({ signIn, change }, { port }, expect) {
    // At the server itself: our limits stop such attempts before they lock an account.
    for (const name of ['locked', 'locked-too'])
      for (let attempt = 0; attempt < lockedAfter; attempt += 1) await bindWrongly(port, name);
    expect('right password then', await signIn('locked', password), '403 account_locked');
    expect('change then', await change('locked-too', password, newPassword), '403 account_locked');
  },
  async 'must change after a reset'({ signIn, change }, server, expect) {
    await replace(server, 'must', 'userPassword', resetPassword);
    expect('login', await signIn('must', resetPassword), '403 password_change_required');
    expect('change', await change('must', resetPassword, newPassword), '200 ok');
    expect('login with the new one', await signIn('must', newPassword), '200 ok');
  },
  async 'expired, changed by our account'({ signIn, change }, _server, expect) {
    expect('login', await signIn('expired', password), '403 password_expired');
    expect('wrong old one', await change('expired', 'Wrong-Horse-1', newPassword), '403 bad_credentials');
    expect('change', await change('expired', password, newPassword), '200 ok');
    expect('login with the new one', await signIn('expired', newPassword), '200 ok');
  },
  async 'expired, former passwords remembered'({ signIn, change }, _server, expect) {
    expect('login', await signIn('remembered', password), '403 password_expired');
    expect('change', await change('remembered', password, newPassword), '200 ok');
    expect('login', await signIn('remembered', newPassword), '403 password_change_required');
    expect('another one', await change('remembered', newPassword, 'Third-Horse-3'), '200 ok');
    expect('login then', await signIn('remembered', 'Third-Horse-3'), '200 ok');
  },
  async 'expired, with grace logins'({ signIn, change }, _server, expect) {
    expect('login', await signIn('graceful', password), '403 password_change_required');
    expect('change', await change('graceful', password, newPassword), '200 ok');
    expect('login with the new one', await signIn('graceful', newPassword), '200 ok');
  },
  async 'password change'({ signIn, change }, _server, expect) {
    expect('too short', await change('changes', password, 'Short-1'), '400 password_policy');
    expect('the same', await change('changes', password, password), '400 password_policy');
    expect('wrong old one', await change('changes', 'Wrong-Horse-1', newPassword), '403 bad_credentials');
    expect('change', await change('changes', password, newPassword), '200 ok');
    expect('login with the new one', await signIn('changes', newPassword), '200 ok');
    expect('login with the old one', await signIn('changes', password), '401 bad_credentials');
    expect('the old one again', await change('changes', newPassword, password), '400 password_policy');
  },
  async 'a change too soon after the last one'({ signIn, change }, _server, expect) {
    expect('change', await change('hasty', password, newPassword), '200 ok');
    expect('another one', await change('hasty', newPassword, 'Third-Horse-3'), '400 password_policy');
    expect('login', await signIn('hasty', newPassword), '200 ok');
  },
  async renamed({ token, userinfo }, { modify }, expect) {
    const numberOf = async (name: string) => (await userinfo(await token(name, password)))['dbid'];
    const before = await numberOf('renamed');
    await modify(
      changeOf(personDn('renamed'), ['changetype: modrdn', ['newrdn', 'uid=other'], 'deleteoldrdn: 1']),
    );
    expect('number', await numberOf('other'), before);
  },
  'disabled while signed in': endsAfter('leaves', password, (server) =>
    replace(server, 'leaves', 'nsAccountLock', 'true'),
  ),
  'password reset by an administrator': endsAfter('reset', password, (server) =>
    replace(server, 'reset', 'userPassword', resetPassword),
  ),
  removed: endsAfter('removed', password, ({ modify }) =>
    modify(changeOf(personDn('removed'), ['changetype: delete'])),
  ),
};
