/** Names a server of a running process; the name does not match a later process with the same id. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** `pid boot/start-time`; undefined when there is no such process. */
async function processName(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the start time is field 22; the name in field 2 may hold spaces and parentheses.
    const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${pid} ${boot}/${startTime}`;
  } catch {
    // Systems without /proc: only the id decides.
    return `${pid} unknown`;
  }
}

/** Unique: one process may run several servers. */
export async function newIdentity(): Promise<string> {
  return `${await processName(process.pid)} ${randomUUID()}`;
}

/** The id of the process of a server while it runs. */
export async function runningPid(identity: string | null): Promise<number | undefined> {
  const [pid = '', start = ''] = identity?.split(' ') ?? [];
  if (!(Number(pid) > 0)) return undefined;
  return (await processName(Number(pid))) === `${pid} ${start}` ? Number(pid) : undefined;
}
