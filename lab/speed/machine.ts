/** Pins processes to cores and reads what the machine did during a round: a round that others disturbed does not count. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Jiffies of CPU time; 100 a second on Linux. */
export interface CpuTimes {
  busy: number;
  ours: number;
}

/** CPU time of the whole machine and of the given processes with their children; undefined where /proc is absent. */
export function cpuTimes(pids: readonly number[]): CpuTimes | undefined {
  try {
    const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = numbers(
      readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '',
    );
    return {
      busy: user + nice + system + irq + softIrq,
      ours: treeOf(pids).reduce((sum, { times }) => sum + times, 0),
    };
  } catch {
    return undefined;
  }
}

const pageBytes = 4096;

/** Share of one core that processes other than ours used between two readings. */
export function foreignShare(
  before: CpuTimes | undefined,
  after: CpuTimes | undefined,
  seconds: number,
): number {
  if (!before || !after) return 0;
  const foreign = after.busy - before.busy - (after.ours - before.ours);
  return Math.max(0, foreign / 100 / seconds);
}

/** Resident memory of processes with their children; 0 where it cannot be read. */
export function residentMiB(pids: readonly number[]): number {
  try {
    const pages = treeOf(pids).reduce((sum, { residentPages }) => sum + residentPages, 0);
    return Math.round((pages * pageBytes) / 2 ** 20);
  } catch {
    return 0;
  }
}

interface Process {
  parent: number;
  times: number;
  residentPages: number;
}

/** PostgreSQL makes a process for each connection: children count with their parents. */
function treeOf(pids: readonly number[]): Process[] {
  const processes = new Map<number, Process>();
  for (const entry of readdirSync('/proc')) {
    if (/^\d+$/.test(entry)) read(Number(entry), processes);
  }
  const isOurs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at; at = processes.get(at)?.parent) {
      if (pids.includes(at)) return true;
    }
    return false;
  };
  return [...processes].filter(([pid]) => isOurs(pid)).map(([, process]) => process);
}

function read(pid: number, into: Map<number, Process>): void {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; the parent is field 4, utime and stime are 14 and 15, the resident pages 24.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, utime = 0, stime = 0, residentPages = 0] = [1, 11, 12, 21].map((at) => fields[at]);
    into.set(pid, { parent, times: utime + stime, residentPages });
  } catch {
    // It ended meanwhile.
  }
}

function numbers(line: string): number[] {
  return line.split(/\s+/).slice(1).map(Number);
}

export const serverCore = 0;
export const loadCore = 1;

/** Asked before anything is pinned: afterwards this process sees one core only. */
const cores = availableParallelism();

/** False where it cannot be done; the figures are then only a hint. */
export function pin(pid: number, core: number): boolean {
  if (cores < 2) return false;
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}
