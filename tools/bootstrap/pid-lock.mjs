// Locks by a file that names the process which holds them; a lock of a process that is gone is taken over.
import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * A process over time: its number alone may have been given to another process since.
 * @typedef {{ pid: number, startedAt: string }} ProcessIdentity `startedAt` in the words of the operating system
 */

/**
 * @param {number} pid
 * @returns {ProcessIdentity | undefined} undefined when no such process runs
 */
export function identify(pid) {
  const startedAt = startTime(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** @param {ProcessIdentity} identity */
export function isRunning({ pid, startedAt }) {
  return startTime(pid) === startedAt;
}

/**
 * Takes the lock when it is free, otherwise names its holder.
 * @param {string} file
 * @returns {{ lock: { release: () => void } } | { holder: ProcessIdentity }}
 */
export function takeLock(file) {
  const own = identify(process.pid) ?? { pid: process.pid, startedAt: '' };
  for (;;) {
    if (create(file, own)) return { lock: { release: () => rmSync(file, { force: true }) } };
    const holder = readHolder(file);
    if (holder && isRunning(holder)) return { holder };
    removeStale(file, holder);
  }
}

/**
 * Runs the work while holding the lock and waits for it before; `onWait` learns once which process holds it.
 * @template T
 * @param {string} file
 * @param {(pid: number) => void} onWait
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, onWait, work) {
  let taken = takeLock(file);
  if ('holder' in taken) onWait(taken.holder.pid);
  while ('holder' in taken) {
    await wait(200);
    taken = takeLock(file);
  }
  try {
    return await work();
  } finally {
    taken.lock.release();
  }
}

/** Field 22 of /proc/PID/stat, in clock ticks since boot; elsewhere what ps prints. A zombie counts as gone. */
function startTime(pid) {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], {
        encoding: 'utf8',
        stdio: 'pipe',
      }).trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may contain spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** A link appears with its whole content: no process finds the file between its creation and its first byte. */
function create(file, own) {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

function readHolder(file) {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(file, 'utf8'));
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

/** Two processes may find the same stale file: only the one that still moves that very file away goes on. */
function removeStale(file, seen) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved && (moved.pid !== seen?.pid || moved.startedAt !== seen.startedAt)) renameSync(aside, file);
  else rmSync(aside, { force: true });
}
