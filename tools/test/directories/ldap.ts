/** Gives the suite the people of a real OpenLDAP: TLS, the overlay for password policies, and a thousand others beside them. */
import {
  additionOf,
  changeOf,
  groupDn,
  ldapNames,
  personDn,
  policyDn,
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

export async function startLdapDirectory(stage: Stage): Promise<Source> {
  const server = await startLdapServer({
    people: Array.from({ length: headcount }, (_, index) => ({ uid: bystander(index) })),
    policy: { pwdMaxFailure: String(lockThreshold) },
    policies: { short: { pwdMaxAge: '86400' } },
  });
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
      attributes: { externalId: 'employeeType' },
      pollSeconds,
    },
  });
  const groups = new Set<string>();

  const change = (userName: string, ...lines: Parameters<typeof changeOf>[1]) =>
    server.modify(changeOf(personDn(userName), lines));
  const set = (userName: string, attribute: string, value: string) =>
    change(userName, 'changetype: modify', `replace: ${attribute}`, [attribute, value]);

  return {
    ...place,
    endsWithinMs: pollSeconds * 1_000 + 500,
    brokenRules: {
      'min-length': () => 'Sh0rt!',
      'no-repeats': ({ password }) => password,
    },
    async add({ userName, password, firstName, lastName, email, employeeId, externalId, groups: names }) {
      const attributes = {
        givenName: firstName,
        sn: lastName,
        mail: email,
        employeeNumber: employeeId,
        employeeType: externalId,
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
    // draft-behera-ldap-password-policy section 5.3.3: until an administrator unlocks it.
    disable: (userName) => set(userName, 'pwdAccountLockedTime', '000001010000Z'),
    enable: (userName) => change(userName, 'changetype: modify', 'delete: pwdAccountLockedTime'),
    leaveGroup: (userName, name) =>
      server.modify(
        changeOf(groupDn(name), ['changetype: modify', 'delete: member', ['member', personDn(userName)]]),
      ),
    remove: (userName) => change(userName, 'changetype: delete'),
    setPassword: (userName, password) => set(userName, 'userPassword', password),
    demandNewPassword: (userName) => set(userName, 'pwdReset', 'TRUE'),
    async expirePassword(userName) {
      await set(userName, 'pwdPolicySubentry', policyDn('short'));
      await set(userName, 'pwdChangedTime', '20200101000000Z');
    },
    lock: (userName) => set(userName, 'pwdAccountLockedTime', timeOf(Date.now())),
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
