/** Gives the suite the people of a real LDAP server: TLS, a password policy, and a thousand others beside them. */
import {
  additionOf,
  changeOf,
  groupDn,
  type LdapTestServer,
  ldapNames,
  personDn,
  policyDn,
  start389Server,
  startLdapServer,
} from '@gatehouse/testing/ldap';
import { startTcpProxy } from '@gatehouse/testing/network';
import { watchSecret } from '@gatehouse/testing/secrets';
import type { Source } from './source.ts';
import { lockThreshold, type Stage } from './stage.ts';

/** The fewest that an environment may have. */
const pollSeconds = 5;
const headcount = 1_000;

/** One of the thousand. */
export const bystander = (index: number) => `bystander-${index}`;

/** Replaces an attribute of a person. */
type Replace = (userName: string, attribute: string, value: string) => Promise<void>;

/** What kinds of servers do in their own ways. */
interface Kind {
  start(people: { uid: string }[]): Promise<LdapTestServer>;
  /** Of the environment, beside the usual ones. */
  attributes?: Record<string, string>;
  /** Of everybody who is added. */
  person?: Record<string, string>;
  brokenRules: Source['brokenRules'];
  /** Operational attribute and the value that disables. */
  disabled: [attribute: string, value: string];
  lock(replace: Replace, userName: string): Promise<void>;
  demandNewPassword(replace: Replace, userName: string): Promise<void>;
  expirePassword(replace: Replace, userName: string): Promise<void>;
}

const openLdap: Kind = {
  start: (people) =>
    startLdapServer({
      people,
      policy: { pwdMaxFailure: String(lockThreshold) },
      policies: { short: { pwdMaxAge: '86400' } },
    }),
  brokenRules: { 'min-length': () => 'Sh0rt!', 'no-repeats': ({ password }) => password },
  // draft-behera-ldap-password-policy section 5.3.3: until an administrator unlocks it.
  disabled: ['pwdAccountLockedTime', '000001010000Z'],
  lock: (replace, userName) => replace(userName, 'pwdAccountLockedTime', timeOf(Date.now())),
  demandNewPassword: (replace, userName) => replace(userName, 'pwdReset', 'TRUE'),
  async expirePassword(replace, userName) {
    await replace(userName, 'pwdPolicySubentry', policyDn('short'));
    await replace(userName, 'pwdChangedTime', '20200101000000Z');
  },
};

const farAway = '20380101000000Z';
const demanding = { passwordExp: 'on', passwordMustChange: 'on', passwordCheckSyntax: 'on' };

const server389: Kind = {
  start: (people) =>
    start389Server({
      people,
      policy: {
        ...demanding,
        ...{ passwordHistory: 'on', passwordTrackUpdateTime: 'on' },
        ...{ passwordLockout: 'on', passwordMaxFailure: String(lockThreshold) },
      },
      // A person may set the same password again.
      policies: { forgetful: demanding },
    }),
  attributes: { id: 'nsUniqueId' },
  // Without it the password of a new person must be changed.
  person: { passwordExpirationTime: farAway },
  brokenRules: { quality: () => 'Sh0rt!', 'no-repeats': ({ password }) => password },
  disabled: ['nsAccountLock', 'true'],
  async lock(replace, userName) {
    await replace(userName, 'passwordRetryCount', String(lockThreshold));
    await replace(userName, 'accountUnlockTime', timeOf(Date.now() + 3_600_000));
  },
  demandNewPassword: (replace, userName) => replace(userName, 'passwordExpirationTime', '19700101000000Z'),
  async expirePassword(replace, userName) {
    await replace(userName, 'pwdpolicysubentry', policyDn('forgetful'));
    await replace(userName, 'passwordExpirationTime', '20200101000000Z');
  },
};

export const startOpenLdap = (stage: Stage) => startLdapDirectory(stage, openLdap);
export const start389 = (stage: Stage) => startLdapDirectory(stage, server389);

async function startLdapDirectory(stage: Stage, kind: Kind): Promise<Source> {
  const server = await kind.start(
    Array.from({ length: headcount }, (_, index) => ({ uid: bystander(index) })),
  );
  const way = await startTcpProxy(() => server.tlsPort);
  watchSecret(ldapNames.bindPassword, 'password of the account that searches');
  const place = await stage.contactCenter({
    directory: 'ldap',
    tls: { ca: server.ca },
    ldap: {
      servers: [{ address: '127.0.0.1', port: way.port }],
      bindDn: ldapNames.bindDn,
      bindPassword: ldapNames.bindPassword,
      baseDns: [ldapNames.peopleDn],
      groupBaseDns: [ldapNames.groupsDn],
      attributes: { externalId: 'employeeType', ...kind.attributes },
      pollSeconds,
    },
  });
  const groups = new Set<string>();

  const change = (userName: string, ...lines: Parameters<typeof changeOf>[1]) =>
    server.modify(changeOf(personDn(userName), lines));
  const replace: Replace = (userName, attribute, value) =>
    change(userName, 'changetype: modify', `replace: ${attribute}`, [attribute, value]);

  return {
    ...place,
    endsWithinMs: pollSeconds * 1_000 + 500,
    brokenRules: kind.brokenRules,
    async add({ userName, password, firstName, lastName, email, employeeId, externalId, groups: names }) {
      const attributes = {
        givenName: firstName,
        sn: lastName,
        mail: email,
        employeeNumber: employeeId,
        employeeType: externalId,
        ...kind.person,
      };
      await server.modify(additionOf({ people: [{ uid: userName, password, attributes }] }));
      for (const name of names) {
        const member = personDn(userName);
        if (groups.has(name))
          await server.modify(
            changeOf(groupDn(name), ['changetype: modify', 'add: member', ['member', member]]),
          );
        else await server.modify(additionOf({ groups: [{ cn: name, members: [member] }] }));
        groups.add(name);
      }
    },
    rename: (userName, newName) =>
      change(
        userName,
        'changetype: modrdn',
        ['newrdn', personDn(newName).slice(0, -ldapNames.peopleDn.length - 1)],
        'deleteoldrdn: 1',
      ),
    disable: (userName) => replace(userName, ...kind.disabled),
    enable: (userName) => change(userName, 'changetype: modify', `delete: ${kind.disabled[0]}`),
    leaveGroup: (userName, name) =>
      server.modify(
        changeOf(groupDn(name), ['changetype: modify', 'delete: member', ['member', personDn(userName)]]),
      ),
    remove: (userName) => change(userName, 'changetype: delete'),
    setPassword: (userName, password) => replace(userName, 'userPassword', password),
    demandNewPassword: (userName) => kind.demandNewPassword(replace, userName),
    expirePassword: (userName) => kind.expirePassword(replace, userName),
    lock: (userName) => kind.lock(replace, userName),
    // Its changes are read at intervals: one has passed.
    untilSeen: () => new Promise((resolve) => setTimeout(resolve, pollSeconds * 1_000 + 500)),
    cut: () => way.cut(),
    heal: () => way.heal(),
    async close() {
      way.close();
      await server.close();
    },
  };
}

/** RFC 4517 section 3.3.13. */
function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}
