/** Who may write an estate's file: one process at a time; the lock of a process that died counts for nothing. */
import { randomUUID } from 'node:crypto';
import { link, readFile, stat, unlink, writeFile } from 'node:fs/promises';

export interface FileLock {
  release(): Promise<void>;
}

/** The lock, or the id of the living process that holds it. */
export async function lockFile(path: string): Promise<FileLock | { heldBy: number }> {
  const lockPath = `${path}.lock`;
  const own = [process.pid, await startOf(process.pid), randomUUID()].join(' ');
  // Written aside and linked, so that the lock never exists without its content.
  const draft = `${lockPath}.${randomUUID()}`;
  await writeFile(draft, own, { mode: 0o600 });
  try {
    for (;;) {
      if (await tryLink(draft, lockPath)) return { release: () => removeIfSame(lockPath, own) };
      const holder = await readFile(lockPath, 'utf8').catch(() => undefined);
      if (holder === undefined) continue;
      const [pid = '', start = ''] = holder.split(' ');
      if (await isAlive(Number(pid), start)) return { heldBy: Number(pid) };
      await removeStale(lockPath, holder);
    }
  } finally {
    await unlink(draft);
  }
}

async function tryLink(draft: string, lockPath: string): Promise<boolean> {
  try {
    await link(draft, lockPath);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Takes a dead holder's lock away. One process at a time may do so, guarded by a file of its own: between looking and
 * removing nobody else can put a new lock there.
 */
async function removeStale(lockPath: string, content: string): Promise<void> {
  const guard = `${lockPath}.removal`;
  if (!(await createAlone(guard))) {
    await removeOldGuard(guard);
    return;
  }
  try {
    await removeIfSame(lockPath, content);
  } finally {
    await unlink(guard).catch(() => undefined);
  }
}

async function removeIfSame(lockPath: string, content: string): Promise<void> {
  const current = await readFile(lockPath, 'utf8').catch(() => undefined);
  if (current === content) await unlink(lockPath).catch(() => undefined);
}

async function createAlone(path: string): Promise<boolean> {
  try {
    await writeFile(path, '', { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

const guardedAtMostMs = 5_000;

/** Somebody removes the stale lock right now, or was killed over it. */
async function removeOldGuard(guard: string): Promise<void> {
  const age = await stat(guard).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age > guardedAtMostMs) await unlink(guard).catch(() => undefined);
  else await new Promise((resolve) => setTimeout(resolve, 5));
}

async function isAlive(pid: number, start: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return (await startOf(pid)) === start;
}

/**
 * When the process began, so that a number that was given to another process since does not count. Where the system
 * does not tell, the number alone decides.
 */
async function startOf(pid: number): Promise<string> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // Field 22; the name in field 2 may hold spaces and parentheses.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot}/${ticks}`;
  } catch {
    return 'unknown';
  }
}
