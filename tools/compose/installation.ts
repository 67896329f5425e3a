/** Runs docs/start/one-machine.md as a reader does, in a copy of the folder that its lines name. */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf } from '../charts/page-blocks.ts';
import { imageName, type Target, targets } from '../images/build.ts';
import { podman, root } from '../images/podman.ts';
import { run } from '../programs/execute.ts';
import { type Docker, stateFolder } from './docker.ts';
import { standIns } from './images/stand-ins.ts';

const folder = join(stateFolder, 'installation');
export const publicUrl = 'https://localhost:8443';

const page = readFileSync(join(root, 'docs/start/one-machine.md'), 'utf8');
const [startBlock = '', firstLoginBlock = '', ...unknown] = blocksOf(page).map(({ text }) => text);
if (unknown.length > 0)
  throw new Error(`docs/start/one-machine.md has a block that nothing runs: ${unknown[0]}`);

const printedArguments = 'elasticsearch demo';
const always = ['auth-api', 'auth-ui', 'environment-api', 'public-host', 'postgres', 'redis'];

/** Containers that go on running, by the arguments of make-env.mjs; the others have ended with success. */
const running = {
  [printedArguments]: [...always, 'elasticsearch', 'consul', 'config-server'],
  consul: [...always, 'consul'],
};

export type Installation = ReturnType<typeof prepareInstallation>;

/** Without secrets and certificates of an earlier one. */
export function prepareInstallation({ docker, environment }: Docker) {
  rmSync(folder, { recursive: true, force: true });
  const own = /(^|\/)(\.env|certificates)$/;
  cpSync(join(root, 'docker'), join(folder, 'docker'), {
    recursive: true,
    filter: (path) => !own.test(path),
  });
  /** One shell, which ends at the first line that fails. */
  const shell = (lines: string) =>
    run('bash', ['-eu', '-o', 'pipefail', '-c', lines], {
      cwd: folder,
      env: { ...process.env, ...environment, ...standIns },
    });
  const container = (service: string) => `gatehouse-${service}-1`;
  return {
    docker,
    container,
    caFile: join(folder, 'docker/certificates/ca.crt'),
    secret: (name: string) =>
      new RegExp(`^${name}=(.*)$`, 'm').exec(readFileSync(join(folder, 'docker/.env'), 'utf8'))?.[1] ?? '',
    /** The first block of the page, but with the images that are there: no registry can be reached. */
    async start(profiles: keyof typeof running = printedArguments): Promise<void> {
      const lines = startBlock.replace(printedArguments, profiles);
      const output = await shell(lines.replace('--build', '--no-build --pull never'));
      const { issuer } = JSON.parse(lastLineOf(output)) as { issuer?: string };
      if (issuer !== `${publicUrl}/auth/v3`) throw new Error(output);
      await mustRun(docker, running[profiles]);
    },
    /** The second block: all that it prints before the token that its last line got. */
    async firstLogin(): Promise<string> {
      const output = await shell(firstLoginBlock);
      const token = lastLineOf(output);
      if ((JSON.parse(token) as { access_token?: string }).access_token === undefined)
        throw new Error(`no token: ${output}`);
      return output.slice(0, output.lastIndexOf(token));
    },
    async inspect<T>(service: string, format: string): Promise<T> {
      return JSON.parse(await docker('inspect', '--format', `{{json ${format}}}`, container(service))) as T;
    },
    /** Lists the objects that are left after the line with which the page deletes all data. */
    async removed(): Promise<string[]> {
      await shell('docker compose --file docker/compose.yaml down --volumes');
      const lists = [
        ['ps', '--all', '--quiet'],
        ['volume', 'ls', '--quiet'],
        ['network', 'ls', '--quiet', '--filter', 'type=custom'],
      ];
      const left = await Promise.all(lists.map((list) => docker(...list)));
      rmSync(folder, { recursive: true });
      return left.filter((text) => text !== '');
    },
  };
}

const lastLineOf = (text: string) => text.trim().split('\n').at(-1) ?? '';

/** @throws Error unless these containers run and no other, each healthy or without a check */
async function mustRun(docker: Docker['docker'], services: string[]): Promise<void> {
  const format = '{{.Label "com.docker.compose.service"}} {{.Status}}';
  const lines = (await docker('ps', '--format', format)).split('\n');
  const names = lines.map((line) => line.split(' ')[0]);
  const isHealthy = lines.every((line) => /^\S+ Up [^(]*(\(healthy\))?$/.test(line));
  if (!isHealthy || names.sort().join() !== services.toSorted().join()) throw new Error(lines.join('\n'));
}

/** Read-only root, no process but Node, nothing written. */
export async function hardeningFaults({ docker, container, inspect }: Installation): Promise<string[]> {
  const faults: string[] = [];
  for (const service of ['auth-api', 'auth-ui', 'environment-api'] satisfies Target[]) {
    if (!(await inspect<boolean>(service, '.HostConfig.ReadonlyRootfs')))
      faults.push(`${service} may write to its root file system`);
    const [, ...processes] = (await docker('top', container(service), '-eo', 'pid,args')).trim().split('\n');
    const others = processes.filter((line) => !/^\s*\d+\s+node /.test(line));
    faults.push(...others.map((line) => `${service} runs ${line.trim()}`));
    const written = (await docker('diff', container(service))).split('\n');
    // Docker makes the places where it mounts something.
    const own = written.filter((line) => line !== '' && !/ \/(run(\/tls)?|tmp)$/.test(line));
    faults.push(...own.map((line) => `${service} has written: ${line}`));
  }
  return faults;
}

/** Gives the daemon the images that were built before, under the names that docker/compose.yaml has without a version. */
export async function takeImages({ docker }: Docker, tag: string): Promise<void> {
  const archive = join(stateFolder, 'images.tar');
  rmSync(archive, { force: true });
  const images = [...targets.map((target) => imageName(target, tag)), ...Object.values(standIns)];
  const format = ['--quiet', '--multi-image-archive', '--format', 'docker-archive'];
  await podman('save', ...format, '--output', archive, ...images);
  await docker('load', '--quiet', '--input', archive);
  rmSync(archive);
  for (const target of targets) await docker('tag', imageName(target, tag), `gatehouse/${target}`);
}
