/** Keeps an LDAP server of a test running as a child process without rights, and changes its entries as the administrator. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { acceptsConnections } from '../network/ports.ts';
import { type DisturbedServer, watchProgram } from '../programs/programs.ts';
import { ldapNames } from './ldap-data.ts';

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

export interface ServedLdap extends Pick<LdapTestServer, 'port' | 'tlsPort' | 'ca'> {
  /** For messages. */
  name: string;
  program: string;
  /** With them it stays in the foreground. */
  args: readonly string[];
  /** Everything that it stores. */
  folder: string;
}

const nobody = 65_534;
const readyLimitMs = 30_000;

export async function serveLdap(server: ServedLdap): Promise<LdapTestServer> {
  const { folder, port, tlsPort, ca } = server;
  // Arguments are visible to every account of the machine.
  await writeFile(join(folder, 'admin-password'), ldapNames.adminPassword, { mode: 0o600 });
  if (process.getuid?.() === 0) spawnSync('chown', ['-R', `${nobody}:${nobody}`, folder]);
  let child = await start(server);
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return {
    ...{ port, tlsPort, ca },
    modify: (ldif) => modify(folder, port, ldif),
    has: (dn, filter) => has(folder, port, dn, filter),
    kill: end,
    async restart() {
      await end();
      child = await start(server);
    },
    suspend: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async close() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start({ name, program, args, folder, port }: ServedLdap): Promise<ChildProcess> {
  const isRoot = process.getuid?.() === 0;
  const child = spawn(program, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    uid: isRoot ? nobody : undefined,
    gid: isRoot ? nobody : undefined,
  });
  const watched = watchProgram(child);
  const deadlineMs = performance.now() + readyLimitMs;
  while (!(await acceptsConnections(port))) {
    const late = performance.now() > deadlineMs ? 'was not ready in time' : undefined;
    const problem = late ?? watched.ended();
    if (problem) {
      child.kill('SIGKILL');
      throw new Error(`${name} ${problem}: ${watched.output()}`);
    }
    await wait(20);
  }
  return child;
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
