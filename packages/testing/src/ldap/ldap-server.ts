/** Runs a real OpenLDAP (slapd) as a child process: TLS, the password-policy overlay, people and groups, on loopback. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Authority, createAuthority } from '../keys/certificates.ts';
import { freePort } from '../network/ports.ts';
import { type DisturbedServer, findProgram, watchProgram } from '../programs/programs.ts';
import { temporaryFolder } from '../programs/temporary-folder.ts';
import { entriesOf, type LdapTestData, ldapNames, ldifOf } from './ldap-data.ts';

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

export interface LdapTestServer extends DisturbedServer {
  readonly port: number;
  /** `ldaps`; StartTLS is on `port`. */
  readonly tlsPort: number;
  /** PEM. */
  readonly ca: string;
  /** Applies LDIF with changes as the administrator of the database, who no policy binds. */
  modify(ldif: string): Promise<void>;
  /** Whether it has that entry, and the filter fits. False also while it does not answer. */
  has(dn: string, filter?: string): Promise<boolean>;
}

const nobody = 65_534;
const readyLimitMs = 30_000;
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
  let child = await start(program, folder, port, tlsPort);
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return {
    port,
    tlsPort,
    ca: authority.cert,
    modify: (ldif) => modify(folder, port, ldif),
    has: (dn, filter) => has(folder, port, dn, filter),
    kill: end,
    async restart() {
      await end();
      child = await start(program, folder, port, tlsPort);
    },
    suspend: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async close() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
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
    // Arguments are visible to every account of the machine.
    writeFile(file('admin-password'), ldapNames.adminPassword, { mode: 0o600 }),
    writeFile(file('people.ldif'), ldifOf(entriesOf(data))),
    writeFile(file('slapd.conf'), settingsOf(folder, verifyClients, { globalSettings, moreSettings })),
  ]);
  if (!isEmpty) addEntries(folder, program);
  if (process.getuid?.() === 0) spawnSync('chown', ['-R', `${nobody}:${nobody}`, folder]);
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

async function start(program: string, folder: string, port: number, tlsPort: number): Promise<ChildProcess> {
  const isRoot = process.getuid?.() === 0;
  const urls = `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`;
  // With `-d` it stays in the foreground, as a child of the test.
  const child = spawn(program, ['-d', '0', '-h', urls, '-f', join(folder, 'slapd.conf')], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    uid: isRoot ? nobody : undefined,
    gid: isRoot ? nobody : undefined,
  });
  const watched = watchProgram(child);
  const deadlineMs = performance.now() + readyLimitMs;
  while (!(await accepts(port))) {
    const late = performance.now() > deadlineMs ? 'was not ready in time' : undefined;
    const problem = late ?? watched.ended();
    if (problem) {
      child.kill('SIGKILL');
      throw new Error(`slapd ${problem}: ${watched.output()}`);
    }
    await wait(20);
  }
  return child;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function modify(folder: string, port: number, ldif: string): Promise<void> {
  const file = join(folder, `change-${process.hrtime.bigint()}.ldif`);
  await writeFile(file, ldif);
  // `relax`: the administrator may also set what the policy overlay keeps for itself.
  await asAdministrator('ldapmodify', folder, port, ['-e', 'relax', '-f', file]);
}

async function has(folder: string, port: number, dn: string, filter = '(objectClass=*)'): Promise<boolean> {
  const args = ['-LLL', '-o', 'nettimeout=2', '-l', '2', '-s', 'base', '-b', dn, filter, 'dn'];
  return asAdministrator('ldapsearch', folder, port, args).then(
    ({ stdout }) => stdout !== '',
    () => false,
  );
}

function asAdministrator(program: string, folder: string, port: number, args: string[]) {
  const account = ['-D', ldapNames.adminDn, '-y', join(folder, 'admin-password')];
  return promisify(execFile)(program, ['-x', '-H', `ldap://127.0.0.1:${port}`, ...account, ...args]);
}
