/** nginx and Traefik in front of the running trio, each by the files of the guide. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createAuthority } from '@gatehouse/testing/keys';
import { freePort } from '@gatehouse/testing/network';
import { findProgram, temporaryFolder } from '@gatehouse/testing/programs';
import type { StackDescription } from '../../stack/state/stack-file.ts';
import { startServer } from '../single-sign-on/servers/server.ts';
import { nginxFile, type Places, publicHost, publicUrl, traefikRules, traefikStart } from './guide.ts';

export interface Front {
  readonly port: number;
  /** Runs a command of the shell whose `curl` reaches the public host here, and trusts it. @returns what it prints */
  shell(command: string): Promise<string>;
  close(): Promise<void>;
}

interface Kind {
  name: string;
  program: string | undefined;
  /** Has the program print its version. */
  versionArgument: string;
  /** Writes its files. @returns the arguments that start it */
  prepare(folder: string, places: Places): Promise<string[]>;
}

export const kinds: Kind[] = [
  {
    name: 'nginx',
    program: findProgram('nginx'),
    versionArgument: '-v',
    async prepare(folder, places) {
      const file = join(folder, 'nginx.conf');
      const bodies = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (kind) => `  ${kind}_temp_path ${folder}/${kind};`,
      );
      // The frame of Debian's own nginx.conf, which includes the file of the guide from conf.d.
      const frame = [`pid ${folder}/nginx.pid;`, 'daemon off;', 'error_log stderr;', 'events {}', 'http {'];
      await writeFile(file, [...frame, '  access_log off;', ...bodies, nginxFile(places), '}'].join('\n'));
      return ['-e', 'stderr', '-p', folder, '-c', file];
    },
  },
  {
    name: 'Traefik',
    program: process.env['GATEHOUSE_TRAEFIK'] || undefined,
    versionArgument: 'version',
    async prepare(folder, places) {
      const file = join(folder, 'traefik.yaml');
      await writeFile(places.rules, traefikRules(places));
      await writeFile(file, traefikStart(places));
      return [`--configFile=${file}`];
    },
  },
];

const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** Whether it cannot be tried here. */
export const isMissing = ({ program }: Kind): boolean => program === undefined || !hasCurl;

/** Resolves when the public host answers through it. */
export async function startFront(
  { program = '', prepare }: Kind,
  { services }: StackDescription,
): Promise<Front> {
  const [folder, port] = await Promise.all([temporaryFolder(), freePort()]);
  const authority = createAuthority();
  const { cert, key } = authority.issue({ names: [publicHost] });
  const at = (name: string) => join(folder, name);
  const places = {
    services,
    port,
    certificate: at('host.crt'),
    key: at('host.key'),
    rules: at('rules.yaml'),
  };
  await mkdir(at('home'));
  await Promise.all([
    writeFile(places.certificate, cert),
    writeFile(places.key, key),
    writeFile(at('ca.pem'), authority.cert),
    writeFile(at('home/.curlrc'), curlSettings(port, at('ca.pem'))),
  ]);
  const shell = async (command: string) =>
    (await promisify(execFile)('sh', ['-c', command], { env: { ...process.env, CURL_HOME: at('home') } }))
      .stdout;
  const server = await startServer({
    program,
    args: await prepare(folder, places),
    isUp: () =>
      shell(`curl --fail ${publicUrl}/auth/health`).then(
        () => true,
        () => false,
      ),
  });
  return {
    port,
    shell,
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The name of the public host leads to this machine, for the commands of one folder alone. */
function curlSettings(port: number, authority: string): string {
  return [
    `connect-to = "${publicHost}:443:127.0.0.1:${port}"`,
    `cacert = "${authority}"`,
    'silent',
    'show-error',
  ].join('\n');
}
