/** Brings a Docker daemon of its own and Docker Compose, and ends both without a trace. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '@gatehouse/testing/programs';
import { root, whyNoPodman } from '../images/podman.ts';
import { run, until } from '../programs/execute.ts';
import { compileGo, whyNoGo } from '../programs/go.ts';

/** Ignored by git; may be deleted at any time. */
export const stateFolder = join(root, '.gatehouse/compose');
const daemonFolder = join(stateFolder, 'docker');
/** All containers together; without a share of its own this group has that of one process. */
const controlGroup = 'gatehouse-compose';

export type Docker = Awaited<ReturnType<typeof startDocker>>;

/** Why the run is impossible here, or undefined when it is possible. */
export function whyNoDocker(): string | undefined {
  const needed = ['docker', 'dockerd', 'openssl', 'curl'];
  const missing = needed.find((program) => findProgram(program) === undefined);
  if (missing !== undefined) return `${missing} is not installed`;
  return whyNoPodman() ?? (hasCompose() ? undefined : whyNoGo([1, 25]));
}

/** A daemon beside the one of the machine, which neither sees nor changes its containers, images and firewall. */
export async function startDocker() {
  const plugins = await provideCompose();
  const socket = `unix://${join(daemonFolder, 'docker.sock')}`;
  await rm(daemonFolder, { recursive: true, force: true });
  mkdirSync(daemonFolder, { recursive: true });
  const folders = { root: 'data-root', run: 'exec-root', pid: 'pidfile' };
  const places = Object.entries(folders).map(([name, option]) => `--${option}=${join(daemonFolder, name)}`);
  const ownSettings = [
    '--iptables=false',
    '--ip-forward=false',
    '--bridge=none',
    '--exec-opt=native.cgroupdriver=cgroupfs',
    `--cgroup-parent=/${controlGroup}`,
  ];
  giveShares();
  const log = openSync(join(stateFolder, 'dockerd.log'), 'w');
  const daemon = spawn('dockerd', [`--host=${socket}`, ...places, ...ownSettings], {
    stdio: ['ignore', log, log],
  });
  const environment = { DOCKER_HOST: socket, ...plugins };
  const docker = async (...args: string[]) =>
    (await run('docker', args, { env: { ...process.env, ...environment } })).trim();
  await untilReady(daemon, docker);
  return {
    docker,
    /** For a shell in which `docker` and `docker compose` speak to this daemon. */
    environment,
    async close() {
      const ended = once(daemon, 'exit');
      // A Ctrl-C of the terminal has reached the daemon too.
      if (daemon.kill('SIGTERM')) await ended;
      await rm(daemonFolder, { recursive: true, force: true });
    },
  };
}

async function untilReady(daemon: ChildProcess, docker: (...args: string[]) => Promise<string>) {
  await until('dockerd answers (see .gatehouse/compose/dockerd.log)', async () => {
    if (daemon.exitCode !== null) throw new Error(`dockerd ended with ${daemon.exitCode}`);
    return docker('version').catch(() => undefined);
  });
}

/** Where the machine has control groups of the first version, as in many containers. */
function giveShares(): void {
  if (!existsSync('/sys/fs/cgroup/cpu')) return;
  mkdirSync(`/sys/fs/cgroup/cpu/${controlGroup}`, { recursive: true });
  writeFileSync(`/sys/fs/cgroup/cpu/${controlGroup}/cpu.shares`, '16384');
}

const hasCompose = () => spawnSync('docker', ['compose', 'version']).status === 0;

/** Variables by which `docker compose` is the one of the machine, else one built from the Go module beside this file: minutes once, then kept. */
async function provideCompose(): Promise<Record<string, string>> {
  if (hasCompose()) return {};
  const recipe = readFileSync(join(import.meta.dirname, 'go.sum'));
  const version = createHash('sha256').update(recipe).digest('hex').slice(0, 16);
  const program = join(stateFolder, version, 'docker-compose');
  if (!existsSync(program))
    await compileGo({
      module: import.meta.dirname,
      package: 'github.com/docker/compose/v2/cmd',
      program,
      args: ['-mod=readonly', '-trimpath', '-ldflags', '-s -w'],
    });
  const settings = join(stateFolder, 'settings');
  rmSync(settings, { recursive: true, force: true });
  mkdirSync(join(settings, 'cli-plugins'), { recursive: true });
  symlinkSync(program, join(settings, 'cli-plugins/docker-compose'));
  return { DOCKER_CONFIG: settings };
}
