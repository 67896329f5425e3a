/** One stack per state folder: a file that names the process which holds it. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identify, isRunning, type ProcessIdentity } from '../processes/identity.ts';

export interface Lock {
  release(): void;
}

export type LockResult = { lock: Lock } | { holder: ProcessIdentity };

/** Takes the lock, also from a process that is gone; otherwise says who holds it. */
export function takeLock(file: string): LockResult {
  const own = identify(process.pid) ?? { pid: process.pid, startedAt: '' };
  for (;;) {
    if (create(file, own)) return { lock: { release: () => rmSync(file, { force: true }) } };
    const holder = readHolder(file);
    if (holder && isRunning(holder)) return { holder };
    removeStale(file, holder);
  }
}

function create(file: string, own: ProcessIdentity): boolean {
  try {
    writeFileSync(file, JSON.stringify(own), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(file: string): ProcessIdentity | undefined {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(file, 'utf8')) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

/** Two starts may find the same stale file: only the one that still moves that very file away goes on. */
function removeStale(file: string, seen: ProcessIdentity | undefined): void {
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
