/** Takes the node down and gives the machine back as it was. Works without anything that the starting process knew. */
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { identify } from '../../../tools/bootstrap/pid-lock.mjs';
import { attempt } from '../../../tools/programs/execute.ts';
import { clusterFolder, containerdSocket, runFolder } from '../places.ts';
import { removeNetwork } from './network.ts';
import { endAll, stopPrograms } from './processes.ts';
import { controlGroups } from './worker.ts';

const sysctlFile = path.join(runFolder, 'sysctls.json');

/** Settings of the whole machine that the kubelet changes. */
const sysctls = [
  'kernel/keys/root_maxbytes',
  'kernel/keys/root_maxkeys',
  'kernel/panic',
  'kernel/panic_on_oops',
  'vm/overcommit_memory',
];

export function rememberSysctls(): void {
  const values = sysctls.map((name) => [name, readFileSync(`/proc/sys/${name}`, 'utf8').trim()]);
  writeFileSync(sysctlFile, JSON.stringify(Object.fromEntries(values)));
}

/** Also what a killed run left. Does nothing when nothing is up. */
export async function takeDown(): Promise<void> {
  // Podman keeps its store mounted.
  if (!existsSync(runFolder)) return unmountAll();
  await stopPrograms(
    'metrics-server',
    'kube-router',
    'kubelet',
    'kube-proxy',
    'kube-scheduler',
    'kube-controller-manager',
  );
  await endContainers();
  await stopPrograms('containerd', 'kube-apiserver', 'etcd', 'registry');
  await endAll(shims());
  await unmountAll();
  await removeNetwork();
  removeControlGroups();
  restoreSysctls();
  removeLogLinks();
  rmSync(runFolder, { recursive: true, force: true });
}

async function endContainers(): Promise<void> {
  const ctr = (...args: string[]) =>
    attempt('ctr', ['--address', containerdSocket, '--namespace', 'k8s.io', '--timeout', '20s', ...args], {
      evenInterrupted: true,
    });
  const list = async (kind: string) =>
    (await ctr(kind, 'list', '--quiet')).stdout.split('\n').filter(Boolean);
  killMembers();
  const tasks = await list('tasks');
  if (tasks.length > 0) await ctr('tasks', 'delete', '--force', ...tasks);
  const containers = await list('containers');
  if (containers.length > 0) await ctr('containers', 'delete', ...containers);
}

/** Every process of a pod stands in the control group of the cluster. */
function killMembers(): void {
  for (const folder of controlGroups().flatMap(withChildren))
    for (const pid of readIfThere(path.join(folder, 'cgroup.procs')).split('\n').filter(Boolean))
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
}

/** containerd starts one for each pod; they outlive it, and name its socket. */
function shims() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const words = readIfThere(`/proc/${pid}/cmdline`).split('\0');
      return words[0]?.endsWith('containerd-shim-runc-v2') && words.includes(containerdSocket);
    })
    .map((pid) => identify(Number(pid)))
    .filter((identity) => identity !== undefined);
}

async function unmountAll(): Promise<void> {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${clusterFolder}/`));
  for (const point of points.sort().reverse())
    await attempt('umount', ['--lazy', point], { evenInterrupted: true });
}

function removeControlGroups(): void {
  for (const root of controlGroups())
    for (const folder of withChildren(root).reverse())
      try {
        rmdirSync(folder);
      } catch {
        // A process that is still ending; an empty group does no harm.
      }
}

/** A folder before those in it. */
function withChildren(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...children.flatMap(({ name }) => withChildren(path.join(folder, name)))];
}

function restoreSysctls(): void {
  if (!existsSync(sysctlFile)) return;
  const values = JSON.parse(readFileSync(sysctlFile, 'utf8')) as Record<string, string>;
  for (const [name, value] of Object.entries(values)) writeFileSync(`/proc/sys/${name}`, value);
}

/** The kubelet links each log there for collectors of logs. */
function removeLogLinks(): void {
  const folder = '/var/log/containers';
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const link = path.join(folder, name);
    if (readlinkSync(link).startsWith(runFolder)) rmSync(link);
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
