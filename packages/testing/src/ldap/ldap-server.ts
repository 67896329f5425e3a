/** Runs a real OpenLDAP (slapd) as a child process: TLS, the password-policy overlay, people and groups, on loopback. */
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority, createAuthority } from '../keys/certificates.ts';
import { freePort } from '../network/ports.ts';
import { findProgram } from '../programs/programs.ts';
import { temporaryFolder } from '../programs/temporary-folder.ts';
import { entriesOf, type LdapTestData, ldapNames, ldifOf, policiesOf } from './ldap-data.ts';
import { type LdapTestServer, serveLdap } from './serve.ts';

export interface LdapServerOptions extends LdapTestData {
  /** Default: one of its own. */
  authority?: Authority;
  /** Only clients with a certificate of the same authority are let in over TLS. */
  verifyClients?: boolean;
  /** Lines of slapd.conf for the database. */
  moreSettings?: string[];
  /** Lines before those of the database. */
  globalSettings?: string[];
  /** It gets its entries from another server. */
  isEmpty?: boolean;
}

const folders = ['/usr/sbin', '/usr/libexec', '/usr/lib/openldap'];

/** The program; undefined where it is not installed (Debian: slapd and ldap-utils). */
export function findSlapd(): string | undefined {
  return findProgram('slapd') ?? folders.map((folder) => join(folder, 'slapd')).find(runs);
}

const runs = (file: string) => spawnSync(file, ['-VV']).error === undefined;

export async function startLdapServer(options: LdapServerOptions = {}): Promise<LdapTestServer> {
  const program = findSlapd();
  if (program === undefined) throw new Error('slapd is not installed');
  const authority = options.authority ?? createAuthority();
  const [port, tlsPort] = [await freePort(), await freePort()];
  const folder = await temporaryFolder();
  await configure(folder, program, authority, options);
  const urls = `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`;
  // With `-d` it stays in the foreground, as a child of the test.
  const args = ['-d', '0', '-h', urls, '-f', join(folder, 'slapd.conf')];
  return serveLdap({ name: 'slapd', program, args, folder, port, tlsPort, ca: authority.cert });
}

async function configure(
  folder: string,
  program: string,
  authority: Authority,
  {
    verifyClients = false,
    moreSettings = [],
    globalSettings = [],
    isEmpty = false,
    ...data
  }: LdapServerOptions,
): Promise<void> {
  const file = (name: string) => join(folder, name);
  const { cert, key } = authority.issue();
  await Promise.all([
    mkdir(file('data')),
    writeFile(file('ca.pem'), authority.cert),
    writeFile(file('server.pem'), cert),
    writeFile(file('server.key'), key),
    writeFile(file('people.ldif'), ldifOf([...entriesOf(data), ...policiesOf(data)])),
    writeFile(file('slapd.conf'), settingsOf(folder, verifyClients, { globalSettings, moreSettings })),
  ]);
  if (!isEmpty) addEntries(folder, program);
}

function addEntries(folder: string, program: string): void {
  const files = ['-f', join(folder, 'slapd.conf'), '-l', join(folder, 'people.ldif')];
  const added = spawnSync(program, ['-T', 'add', '-q', ...files], { encoding: 'utf8' });
  if (added.status !== 0) throw new Error(`the people could not be added: ${added.stderr}`);
}

function settingsOf(
  folder: string,
  verifyClients: boolean,
  { globalSettings, moreSettings }: Required<Pick<LdapServerOptions, 'globalSettings' | 'moreSettings'>>,
): string {
  const { suffix, adminDn, adminPassword, bindDn, policyDn } = ldapNames;
  const schemas = ['core', 'cosine', 'inetorgperson', 'nis'].map(
    (name) => `include /etc/ldap/schema/${name}.schema`,
  );
  return [
    ...schemas,
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    'moduleload ppolicy',
    `TLSCACertificateFile ${folder}/ca.pem`,
    `TLSCertificateFile ${folder}/server.pem`,
    `TLSCertificateKeyFile ${folder}/server.key`,
    `TLSVerifyClient ${verifyClients ? 'demand' : 'never'}`,
    ...globalSettings,
    'database mdb',
    `suffix "${suffix}"`,
    `rootdn "${adminDn}"`,
    `rootpw ${adminPassword}`,
    `directory ${folder}/data`,
    'maxsize 2147483648',
    // The stored data need not outlive the test.
    'dbnosync',
    'index objectClass,uid,mail,entryUUID,member,memberUid eq',
    'overlay ppolicy',
    `ppolicy_default "${policyDn}"`,
    'ppolicy_use_lockout',
    `access to attrs=userPassword by self write by dn.base="${bindDn}" write by anonymous auth by * none`,
    `access to * by dn.base="${bindDn}" read by self read by * none`,
    ...moreSettings,
    '',
  ].join('\n');
}
