/** Runs a domain controller of Active Directory as Samba provides it, on an address of loopback of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createAuthority } from '@gatehouse/testing/keys';
import { findProgram, temporaryFolder, watchProgram } from '@gatehouse/testing/programs';

const execute = promisify(execFile);

export const realm = 'ad.example.test';
export const domainDn = 'DC=ad,DC=example,DC=test';
/** Its ports are fixed (389, 636), and 127.0.0.1 may have a server there already. */
const address = '127.77.0.1';
const tlsPort = 636;
const administrator = { name: `administrator@${realm}`, password: 'Administrator-Horse-1' };
const provisionLimitMs = 600_000;
const readyLimitMs = 60_000;

export type SambaServer = Awaited<ReturnType<typeof startSamba>>;

/** Names what the machine lacks; undefined if the server can run. */
export function missingForSamba(): string | undefined {
  if (process.platform !== 'linux') return 'Samba AD DC runs on Linux';
  if (process.getuid?.() !== 0) return 'ports 389 and 636 need root';
  const missing = ['samba', 'samba-tool', 'ldapmodify'].filter((name) => findProgram(name) === undefined);
  return missing.length === 0
    ? undefined
    : `${missing.join(', ')} not installed (Debian: samba-ad-dc, samba-ad-provision, samba-dsdb-modules, ldap-utils)`;
}

/** @throws Error with the last words of what did not start */
export async function startSamba(closers: AsyncDisposableStack) {
  const folder = await temporaryFolder();
  closers.defer(() => rm(folder, { recursive: true, force: true }));
  const file = (name: string) => join(folder, name);
  const authority = createAuthority();
  const { cert, key } = authority.issue({ names: [`dc1.${realm}`, address] });
  await Promise.all([
    mkdir(file('run')),
    writeFile(file('ca.pem'), authority.cert),
    writeFile(file('server.pem'), cert),
    // Samba refuses a key that others may read.
    writeFile(file('server.key'), key, { mode: 0o600 }),
    writeFile(file('admin-password'), administrator.password, { mode: 0o600 }),
  ]);
  await provision(file('dc'));
  await writeFile(file('smb.conf'), settingsOf(folder));
  const child = await start(file('smb.conf'));
  closers.defer(() => end(child));

  const encrypted = { env: { ...process.env, LDAPTLS_CACERT: file('ca.pem') } };

  return {
    address,
    ca: authority.cert,
    /** Binds with a wrong password. */
    async guess(name: string): Promise<void> {
      const account = ['-x', '-D', `${name}@${realm}`, '-w', 'Wrong-Horse-1'];
      const isRefused = await execute('ldapwhoami', ['-H', `ldaps://${address}`, ...account], encrypted).then(
        () => false,
        () => true,
      );
      if (!isRefused) throw new Error(`a wrong password was accepted of ${name}`);
    },
    /** Applies LDIF with changes as the administrator of the domain. */
    async modify(ldif: string): Promise<void> {
      const change = file(`change-${process.hrtime.bigint()}.ldif`);
      await writeFile(change, ldif, { mode: 0o600 });
      const account = ['-x', '-D', administrator.name, '-y', file('admin-password')];
      await execute('ldapmodify', ['-H', `ldaps://${address}`, ...account, '-f', change], encrypted);
    },
  };
}

async function provision(folder: string): Promise<void> {
  const names = [`--realm=${realm}`, '--domain=EXAMPLE', '--host-name=dc1', '--server-role=dc'];
  // The password of the administrator exists for the length of this run, on this machine.
  const more = [`--adminpass=${administrator.password}`, '--dns-backend=NONE', `--targetdir=${folder}`];
  const addresses = [`--option=interfaces=${address}/8`, '--option=bind interfaces only=yes'];
  const args = ['domain', 'provision', ...names, ...more, ...addresses];
  await execute('samba-tool', args, { timeout: provisionLimitMs, maxBuffer: 2 ** 24 }).catch((error) => {
    throw new Error(`samba-tool domain provision: ${lastLine(String(error.stderr || error.message))}`);
  });
}

/**
 * LDAP alone: passwords of binds are verified by the directory itself, so Kerberos, DNS and files are not needed. By default
 * a domain accepts the old password for another hour after a change, as Windows does (OldPasswordAllowedPeriod).
 */
function settingsOf(folder: string): string {
  return `[global]
realm = ${realm}
workgroup = EXAMPLE
netbios name = DC1
server role = active directory domain controller
server services = ldap
interfaces = ${address}/8
bind interfaces only = yes
private dir = ${folder}/dc/private
lock directory = ${folder}/dc
state directory = ${folder}/dc/state
cache directory = ${folder}/dc
pid directory = ${folder}/run
ncalrpc dir = ${folder}/run/ncalrpc
winbindd socket directory = ${folder}/run/winbindd
ntp signd socket directory = ${folder}/run/ntp
old password allowed period = 0
tls keyfile = ${folder}/server.key
tls certfile = ${folder}/server.pem
tls cafile = ${folder}/ca.pem
`;
}

async function start(settings: string): Promise<ChildProcess> {
  const args = ['--interactive', '--model=single', `--configfile=${settings}`, '--debug-stdout'];
  const child = spawn('samba', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const watched = watchProgram(child);
  const deadlineMs = performance.now() + readyLimitMs;
  while (!(await accepts())) {
    const problem = watched.ended() ?? (performance.now() > deadlineMs ? 'is not ready in time' : undefined);
    if (problem !== undefined) {
      await end(child);
      throw new Error(`samba ${problem}: ${lastLine(watched.output())}`);
    }
    await wait(100);
  }
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

function accepts(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(tlsPort, address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
