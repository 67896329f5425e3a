/** Runs docker/compose.yaml as a reader of the documentation does, from a copy of its folder. */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { imageName, type Target, targets } from '../images/build.ts';
import { podman, root, run } from '../images/podman.ts';
import { type Docker, stateFolder } from './docker.ts';
import { standIns } from './images/stand-ins.ts';

const folder = join(root, '.gatehouse/compose/installation');
const file = join(folder, 'compose.yaml');
export const publicUrl = 'https://localhost:8443';

/** Containers that go on running; the others have ended with success. */
const running = [
  ...['auth-api', 'auth-ui', 'environment-api', 'public-host'],
  ...['postgres', 'redis', 'elasticsearch', 'consul', 'config-server'],
];

export type Installation = Awaited<ReturnType<typeof prepareInstallation>>;

/** `tag`: of the images built before, which the daemon gets now. */
export async function prepareInstallation({ docker, compose }: Docker, tag: string) {
  rmSync(folder, { recursive: true, force: true });
  const own = /(^|\/)(\.env|certificates)$/;
  cpSync(join(root, 'docker'), folder, { recursive: true, filter: (path) => !own.test(path) });
  await run('node', [join(folder, 'make-env.mjs'), 'elasticsearch', 'demo']);
  const built = targets.map((target) => imageName(target, tag));
  await handOver([...built, ...Object.values(standIns)], docker);
  for (const target of targets) await docker('tag', imageName(target, tag), `gatehouse/${target}:${tag}`);
  const call = (...args: string[]) => compose(file, { ...standIns, GATEHOUSE_VERSION: tag }, ...args);
  const secrets = Object.fromEntries(
    readFileSync(join(folder, '.env'), 'utf8')
      .split('\n')
      .map((line) => line.split(/=(.*)/s, 2) as [string, string]),
  );
  const container = (service: string) => `gatehouse-${service}-1`;
  return {
    docker,
    compose: call,
    container,
    caFile: join(folder, 'certificates/ca.crt'),
    elasticPassword: secrets['GATEHOUSE_ELASTICSEARCH_PASSWORD'] ?? '',
    /** As printed, but with the images that are there: no registry can be reached. */
    up: () => call('up', '--detach', '--no-build', '--pull', 'never'),
    cli: (...args: string[]) => call('run', '--rm', 'cli', ...args),
    async inspect<T>(service: string, format: string): Promise<T> {
      return JSON.parse(await docker('inspect', '--format', `{{json ${format}}}`, container(service))) as T;
    },
    /** What `down` leaves behind. */
    async removed(): Promise<string[]> {
      await call('--profile', '*', 'down', '--volumes');
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

/** Waits until every container reports that it is healthy; those without a check must run. */
export async function untilHealthy({ inspect }: Installation, limitMs: number): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  for (const service of running)
    for (;;) {
      const { Status: status, Health: health } = await inspect<{
        Status: string;
        Health?: { Status: string };
      }>(service, '.State');
      if (status === 'running' && (health === undefined || health.Status === 'healthy')) break;
      if (performance.now() > deadlineMs)
        throw new Error(`${service} is ${status}, ${health?.Status ?? 'without a check'}`);
      await wait(500);
    }
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

async function handOver(images: string[], docker: Docker['docker']): Promise<void> {
  const archive = join(stateFolder, 'images.tar');
  rmSync(archive, { force: true });
  const format = ['--quiet', '--multi-image-archive', '--format', 'docker-archive'];
  await podman('save', ...format, '--output', archive, ...images);
  await docker('load', '--quiet', '--input', archive);
  rmSync(archive);
}
