/** Runs a 389 Directory Server in mounts of its own, so that nothing of it stays in the folders that it has compiled in. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '@gatehouse/testing/network';
import { findProgram, temporaryFolder, watchProgram } from '@gatehouse/testing/programs';

const execute = promisify(execFile);

export const ds389Names = {
  suffix: 'dc=example,dc=test',
  manager: 'cn=Directory Manager',
  managerPassword: 'Directory-Manager-1',
  /** Its certificate is for this name. */
  host: 'ds.example.test',
};
const instance = 'slapd-gatehouse';
const readyLimitMs = 120_000;

/** Names what the machine lacks; undefined if the server can run. */
export function missingForDs389(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mounts of its own need root on Linux';
  const missing = ['ns-slapd', 'dscreate', 'ldapmodify', 'unshare'].filter(
    (name) => findProgram(name) === undefined,
  );
  return missing.length === 0
    ? undefined
    : `${missing.join(', ')} not installed (Debian: 389-ds-base, ldap-utils)`;
}

/** @throws Error with the last words of what did not start */
export async function startDs389(closers: AsyncDisposableStack) {
  const folder = await temporaryFolder();
  closers.defer(() => rm(folder, { recursive: true, force: true }));
  const [port, tlsPort] = [await freePort(), await freePort()];
  await writeFile(join(folder, 'instance.inf'), instanceFile(port, tlsPort));
  await writeFile(join(folder, 'password'), ds389Names.managerPassword, { mode: 0o600 });
  const child = spawn('unshare', ['--mount', 'sh', '-c', script(folder)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const watched = watchProgram(child);
  closers.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  });
  const account = ['-x', '-D', ds389Names.manager, '-y', join(folder, 'password')];
  const to = ['-H', `ldap://127.0.0.1:${port}`];

  async function modify(ldif: string): Promise<void> {
    const file = join(folder, `change-${process.hrtime.bigint()}.ldif`);
    await writeFile(file, ldif, { mode: 0o600 });
    await execute('ldapmodify', [...to, ...account, '-f', file]);
  }

  const answers = () =>
    execute('ldapsearch', [...to, ...account, '-b', '', '-s', 'base']).then(
      () => true,
      () => false,
    );
  const deadlineMs = performance.now() + readyLimitMs;
  while (!(await answers())) {
    const problem = watched.ended() ?? (performance.now() > deadlineMs ? 'was not ready in time' : undefined);
    if (problem !== undefined)
      throw new Error(`ns-slapd ${problem}: ${watched.output().trim().split('\n').at(-1)}`);
    await wait(200);
  }
  const ca = await readFile(join(folder, 'etc/dirsrv', instance, 'ca.crt'), 'utf8');
  return { port, tlsPort, ca, modify };
}

function instanceFile(port: number, tlsPort: number): string {
  return `[general]
config_version = 2
full_machine_name = ${ds389Names.host}
start = False
strict_host_checking = False
systemd = False
selinux = False

[slapd]
instance_name = gatehouse
port = ${port}
secure_port = ${tlsPort}
root_password = ${ds389Names.managerPassword}
self_sign_cert = True

[backend-userroot]
suffix = ${ds389Names.suffix}
create_suffix_entry = True
`;
}

/** Every folder that the server writes to is one of the run's; where it is told of systemd, it is told that there is none. */
function script(folder: string): string {
  const own = ['etc/dirsrv', 'var/lib/dirsrv', 'var/log/dirsrv', 'run/dirsrv', 'run/lock/dirsrv'];
  const defaults = '/usr/share/dirsrv/inf/defaults.inf';
  return [
    'set -e',
    ...own.flatMap((path) => [
      `mkdir -p ${folder}/${path} /${path}`,
      `cp -a /${path}/. ${folder}/${path}/`,
      `mount --bind ${folder}/${path} /${path}`,
    ]),
    `sed 's/^with_systemd = 1/with_systemd = 0/' ${defaults} > ${folder}/defaults.inf`,
    `mount --bind ${folder}/defaults.inf ${defaults}`,
    `dscreate from-file ${folder}/instance.inf`,
    `exec ns-slapd -D /etc/dirsrv/${instance} -i ${folder}/pid -d 0`,
  ].join('\n');
}
