/** Runs a real rsyslog that takes messages over TLS and writes each into a file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Identity } from '@gatehouse/testing/keys';
import { freePort } from '@gatehouse/testing/network';
import { findProgram, temporaryFolder, watchProgram } from '@gatehouse/testing/programs';
import { vi } from 'vitest';

const gnutlsModules = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
].map((folder) => `${folder}/rsyslog/lmnsd_gtls.so`);

/** Undefined where rsyslog, or its module for TLS (Debian package rsyslog-gnutls), is missing. */
export function findRsyslog(): string | undefined {
  const hasTls = gnutlsModules.some((file) => {
    try {
      return readFileSync(file).length > 0;
    } catch {
      return false;
    }
  });
  // Debian keeps it where only root looks.
  return hasTls ? (findProgram('rsyslogd') ?? '/usr/sbin/rsyslogd') : undefined;
}

export type Rsyslog = Awaited<ReturnType<typeof startRsyslog>>;

export async function startRsyslog(program: string, authority: string, identity: Identity) {
  const folder = await temporaryFolder();
  const port = await freePort();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const kept = join(folder, 'kept');
  const configuration = file(
    'rsyslog.conf',
    `global(workDirectory="${folder}" maxMessageSize="64k" defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="${file('ca.pem', authority)}"
  defaultNetstreamDriverCertFile="${file('cert.pem', identity.cert)}"
  defaultNetstreamDriverKeyFile="${file('key.pem', identity.key)}")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" port="${port}" address="127.0.0.1")
template(name="kept" type="string" string="%pri% %timereported:::date-rfc3339% %app-name% %msgid%%msg%\\n")
action(type="omfile" file="${kept}" template="kept" asyncWriting="off")
`,
  );
  const start = async () => {
    const child = spawn(program, ['-n', '-f', configuration, '-i', join(folder, 'pid')], { stdio: 'pipe' });
    const watched = watchProgram(child);
    await vi.waitFor(
      async () => {
        if (watched.ended()) throw new Error(watched.output());
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect').finally(() => socket.destroy());
      },
      { timeout: 20_000, interval: 50 },
    );
    return child;
  };
  let child = await start();
  const stop = async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  return {
    url: `syslog+tls://localhost:${port}`,
    lines: () => readFileSync(kept, 'utf8').trimEnd().split('\n'),
    stop,
    start: async () => {
      child = await start();
    },
  };
}
