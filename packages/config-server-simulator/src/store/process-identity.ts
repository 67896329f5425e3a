/** Names a running process such that its name is not valid for a later process with the same id. */
import { readFile } from 'node:fs/promises';

/** `pid boot/start-time`; undefined when there is no such process. */
async function identityOf(pid: number): Promise<string | undefined> {
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

export async function ownIdentity(): Promise<string> {
  return (await identityOf(process.pid)) as string;
}

/** The id of the named process while it runs. */
export async function runningPid(identity: string | null): Promise<number | undefined> {
  const pid = Number(identity?.split(' ')[0]);
  if (identity === null || !(pid > 0)) return undefined;
  return (await identityOf(pid)) === identity ? pid : undefined;
}
