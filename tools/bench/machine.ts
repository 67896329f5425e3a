/** What the machine did during a round: a round that others disturbed does not count. */
import { readFileSync } from 'node:fs';

/** Jiffies of CPU time; 100 a second on Linux. */
export interface CpuTimes {
  busy: number;
  ours: number;
}

/** CPU time of the whole machine and of the given processes; undefined where /proc is absent. */
export function cpuTimes(pids: readonly number[]): CpuTimes | undefined {
  try {
    const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = numbers(
      readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '',
    );
    return {
      busy: user + nice + system + irq + softIrq,
      ours: pids.reduce((sum, pid) => sum + timesOf(pid), 0),
    };
  } catch {
    return undefined;
  }
}

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

/** Resident memory of a process in MiB; 0 where it cannot be read. */
export function residentMiB(pid: number): number {
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Math.round(Number(match?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

function timesOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function numbers(line: string): number[] {
  return line.split(/\s+/).slice(1).map(Number);
}
