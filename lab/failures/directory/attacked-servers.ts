/** The real LDAP servers that are attacked, each with one person, set up as their administrators would who did not think of attacks. */
import { findSlapd, ldapNames, startLdapServer } from '@gatehouse/testing/ldap';
import { ds389Names, missingForDs389, startDs389 } from './ds389-server.ts';
import { bindAccount, domainLdif, peopleDn, password as sambaPassword } from './samba-people.ts';
import { domainDn, missingForSamba, realm, startSamba } from './samba-server.ts';

export type AttackedServer = Exclude<Awaited<ReturnType<(typeof attackedServers)[string]>>, string>;

/** One for each password that is none. */
const others = ['moves', 'locked', 'changes', 'leaves', 'removed'];
const person = { name: 'anna', password: ldapNames.personPassword };

/** RFC 3296: an entry in the place of a part of the tree that another server holds. */
const referralEntry = (dn: string, url: string) =>
  `dn: ${dn}\nchangetype: add\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\nref: ${url}/ou=people,dc=evil,dc=test\n`;

export const attackedServers: Record<string, (closers: AsyncDisposableStack) => Promise<Server | string>> = {
  OpenLDAP: openLdap,
  '389 Directory Server': ds389,
  'Samba AD DC': samba,
};

interface Server {
  host: string;
  plainPort: number;
  ca: string;
  serverName: string | undefined;
  person: { name: string; password: string };
  others: string[];
  ldap: {
    type: 'standard' | 'activeDirectory';
    servers: { address: string; port?: number }[];
    bindDn: string;
    bindPassword: string;
    baseDns: string[];
    groupBaseDns: string[];
  };
  /** Has answers name that other server; the bases whose search brings them. */
  refer(url: string): Promise<string[]>;
}

async function openLdap(closers: AsyncDisposableStack): Promise<Server | string> {
  if (findSlapd() === undefined) return 'slapd not installed (Debian: slapd, ldap-utils)';
  const server = await startLdapServer({
    people: [person.name, ...others].map((uid) => ({ uid })),
    // Binds without a password succeed, with and without a name.
    globalSettings: ['allow bind_anon_cred bind_anon_dn'],
  });
  closers.defer(() => server.close());
  return {
    ...{ host: '127.0.0.1', plainPort: server.port, ca: server.ca, serverName: undefined, person, others },
    ldap: {
      type: 'standard',
      servers: [{ address: 'localhost', port: server.tlsPort }],
      bindDn: ldapNames.bindDn,
      bindPassword: ldapNames.bindPassword,
      baseDns: [ldapNames.peopleDn],
      groupBaseDns: [ldapNames.groupsDn],
    },
    async refer(url) {
      await server.modify(referralEntry(`ou=elsewhere,${ldapNames.peopleDn}`, url));
      return [ldapNames.peopleDn];
    },
  };
}

async function ds389(closers: AsyncDisposableStack): Promise<Server | string> {
  const missing = missingForDs389();
  if (missing !== undefined) return missing;
  const server = await startDs389(closers);
  const { suffix, manager, managerPassword, host: serverName } = ds389Names;
  const unit = (name: string) =>
    `dn: ou=${name},${suffix}\nchangetype: add\nobjectClass: organizationalUnit\nou: ${name}\n`;
  await server.modify(
    [
      'dn: cn=config\nchangetype: modify\nreplace: nsslapd-allow-unauthenticated-binds\nnsslapd-allow-unauthenticated-binds: on\n',
      unit('people'),
      unit('groups'),
      ...[person.name, ...others].map(
        (uid) =>
          `dn: uid=${uid},ou=people,${suffix}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: Given\nsn: Surname\nuserPassword: ${person.password}\n`,
      ),
    ].join('\n'),
  );
  return {
    ...{ host: '127.0.0.1', plainPort: server.port, ca: server.ca, serverName, person, others },
    ldap: {
      type: 'standard',
      servers: [{ address: 'localhost', port: server.tlsPort }],
      bindDn: manager,
      bindPassword: managerPassword,
      baseDns: [`ou=people,${suffix}`],
      groupBaseDns: [`ou=groups,${suffix}`],
    },
    async refer(url) {
      await server.modify(referralEntry(`ou=elsewhere,ou=people,${suffix}`, url));
      return [`ou=people,${suffix}`];
    },
  };
}

async function samba(closers: AsyncDisposableStack): Promise<Server | string> {
  const missing = missingForSamba();
  if (missing !== undefined) return missing;
  const server = await startSamba(closers);
  await server.modify(domainLdif());
  return {
    ...{ host: server.address, plainPort: 389, ca: server.ca, serverName: `dc1.${realm}` },
    person: { name: 'anna', password: sambaPassword },
    others,
    ldap: {
      type: 'activeDirectory',
      servers: [{ address: server.address }],
      bindDn: bindAccount.name,
      bindPassword: bindAccount.password,
      baseDns: [peopleDn],
      groupBaseDns: [`OU=groups,${domainDn}`],
    },
    // A domain names the servers of its other partitions in every answer about all of it, under the name of the domain.
    refer: async () => [domainDn],
  };
}
