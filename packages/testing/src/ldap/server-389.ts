/** Runs a real 389 Directory Server (ns-slapd) as a child process: TLS, its password policy, people and groups, on loopback. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createAuthority } from '../keys/certificates.ts';
import { freePort } from '../network/ports.ts';
import { findProgram } from '../programs/programs.ts';
import { temporaryFolder } from '../programs/temporary-folder.ts';
import {
  additionsOf,
  changeOf,
  type Entry,
  entriesOf,
  type LdapTestData,
  ldapNames,
  policyDn,
} from './ldap-data.ts';
import { type LdapTestServer, serveLdap } from './serve.ts';

const execute = promisify(execFile);

const template = '/usr/share/dirsrv/data/template-dse.ldif';
/** Of the package; copied, because only its own account may read them. */
const ownSettings = '/etc/dirsrv';
const programs = ['ns-slapd', 'certutil', 'pk12util', 'openssl', 'ldapmodify'];
const { suffix, adminDn, adminPassword, bindDn } = ldapNames;

/** Names what the machine lacks; undefined if the server can run. */
export function missingFor389(): string | undefined {
  // The files of the package belong to an account of its own.
  if (process.getuid?.() !== 0) return '389 Directory Server is set up by root';
  const missing = programs.filter((name) => findProgram(name) === undefined);
  if (!existsSync(template)) missing.push(template);
  return missing.length === 0
    ? undefined
    : `${missing.join(', ')} not installed (Debian: 389-ds-base, libnss3-tools, openssl, ldap-utils)`;
}

export interface Server389Options extends Pick<LdapTestData, 'people' | 'groups'> {
  /** Attributes of `cn=config`: the policy that holds for everybody who is added or changed later. */
  policy?: Record<string, string>;
  /** Policies of single people, by name; `pwdpolicysubentry` of a person names one by `policyDn`. */
  policies?: Record<string, Record<string, string>>;
}

export async function start389Server({
  policy = {},
  policies = {},
  ...data
}: Server389Options): Promise<LdapTestServer> {
  const authority = createAuthority();
  const [port, tlsPort] = [await freePort(), await freePort()];
  const folder = await temporaryFolder();
  await configure(folder, { port, tlsPort });
  await writeKeys(folder, authority.issue());
  const server = await serveLdap({
    ...{
      name: 'ns-slapd',
      program: findProgram('ns-slapd') ?? '',
      folder,
      port,
      tlsPort,
      ca: authority.cert,
    },
    // A level of its log keeps it in the foreground; this one is the default.
    args: ['-D', folder, '-i', join(folder, 'run/pid'), '-d', '16384'],
  });
  const entries = entriesOf(data).map((entry) => (entry.dn === suffix ? { ...entry, aci: rules } : entry));
  const others = Object.entries(policies).map(([cn, attributes]) => ({
    ...{ dn: policyDn(cn), objectClass: ['ldapsubentry', 'passwordpolicy'], cn },
    ...attributes,
  }));
  await server.modify(additionsOf([...database, ...entries, ...others]));
  // Later than the people: of a password that an administrator sets under this policy a new one is demanded.
  const settings = Object.entries({ 'nsslapd-pwpolicy-local': 'on', ...policy });
  const lines = settings.flatMap(([name, value]) => [`replace: ${name}`, `${name}: ${value}`, '-']);
  await server.modify(changeOf('cn=config', ['changetype: modify', ...lines]));
  return server;
}

/** Writes the settings that the template leaves open. */
async function configure(folder: string, ports: { port: number; tlsPort: number }): Promise<void> {
  const folders = ['db', 'run', 'log', 'lock', 'ldif', 'bak', 'inst', 'schema', 'tmp'];
  await Promise.all(folders.map((name) => mkdir(join(folder, name))));
  const values: Record<string, string> = {
    ...Object.fromEntries(folders.map((name) => [`${name}_dir`, join(folder, name)])),
    cert_dir: folder,
    config_dir: folder,
    db_home_dir: join(folder, 'db'),
    db_lib: 'bdb',
    fqdn: 'localhost',
    ds_port: String(ports.port),
    ds_user: 'nobody',
    ds_suffix: suffix,
    rootdn: adminDn,
    ds_passwd: `{CLEAR}${adminPassword}`,
    ldapi_enabled: 'off',
    ldapi: join(folder, 'run/ldapi'),
    ldapi_autobind: 'off',
  };
  const whole = await readFile(template, 'utf8');
  // It refuses names and passwords that have other characters than those of ASCII.
  const plain = whole.replace(/(cn: 7-bit check\n(?:.+\n)*?nsslapd-pluginenabled:) on/, '$1 off');
  const filled = plain.replace(/%(\w+)%/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${template} has the unknown place %${name}%`);
    return value;
  });
  const tls = ['nsslapd-security: on', `nsslapd-secureport: ${ports.tlsPort}`];
  const loopback = ['nsslapd-listenhost: 127.0.0.1', 'nsslapd-securelistenhost: 127.0.0.1'];
  // Cheap to verify: the hash is not the subject.
  const more = [...tls, ...loopback, 'passwordStorageScheme: SSHA512'];
  await Promise.all([
    writeFile(
      join(folder, 'dse.ldif'),
      filled.replace(/^nsslapd-rootdn:.*$/m, (line) => [line, ...more].join('\n')),
    ),
    copyFile(join(ownSettings, 'schema/99user.ldif'), join(folder, 'schema/99user.ldif')),
    ...['certmap.conf', 'slapd-collations.conf'].map((name) =>
      copyFile(join(ownSettings, 'config', name), join(folder, name)),
    ),
  ]);
}

/** In a database of NSS, under the name that the template gives the certificate. */
async function writeKeys(folder: string, { cert, key }: { cert: string; key: string }): Promise<void> {
  const file = (name: string) => join(folder, name);
  await Promise.all([writeFile(file('cert.pem'), cert), writeFile(file('key.pem'), key)]);
  await execute('certutil', ['-N', '-d', folder, '--empty-password']);
  const bundle = ['-name', 'Server-Cert', '-passout', 'pass:', '-out', file('server.p12')];
  await execute('openssl', [
    'pkcs12',
    '-export',
    '-in',
    file('cert.pem'),
    '-inkey',
    file('key.pem'),
    ...bundle,
  ]);
  await execute('pk12util', ['-i', file('server.p12'), '-d', folder, '-W', '']);
}

/** The account that searches reads everything and may change passwords; people change their own. */
const rules = [
  `(targetattr="*")(version 3.0; acl "searches"; allow (read, search, compare) userdn="ldap:///${bindDn}";)`,
  `(targetattr="userPassword")(version 3.0; acl "changes"; allow (write) userdn="ldap:///${bindDn}";)`,
  '(targetattr="userPassword")(version 3.0; acl "own password"; allow (write) userdn="ldap:///self";)',
];

const database: Entry[] = [
  {
    dn: 'cn=userRoot,cn=ldbm database,cn=plugins,cn=config',
    objectClass: ['top', 'extensibleObject', 'nsBackendInstance'],
    cn: 'userRoot',
    'nsslapd-suffix': suffix,
  },
  {
    dn: `cn="${suffix}",cn=mapping tree,cn=config`,
    objectClass: ['top', 'extensibleObject', 'nsMappingTree'],
    cn: suffix,
    'nsslapd-state': 'backend',
    'nsslapd-backend': 'userRoot',
  },
];
