/** Controls one program of the installation: starts, stops, kills and suspends it with all its child processes. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessRegister } from '../../tools/stack/processes/register.ts';
import type { SupervisedProgram } from '../../tools/stack/processes/supervised.ts';

export function createComponent(program: SupervisedProgram, register: ProcessRegister, logFolder: string) {
  const { name, stopSignal = 'SIGTERM' } = program;
  const logFile = openSync(join(logFolder, `${name}.log`), 'a', 0o600);
  let child: ChildProcess | undefined;

  const isRunning = () => child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const signalAll = (signal: NodeJS.Signals) => {
    if (!isRunning()) return;
    // The parent first: it must not start others meanwhile.
    for (const pid of withDescendants(child?.pid ?? 0)) signalOne(pid, signal);
  };
  const end = async (signal: () => void) => {
    if (!isRunning() || child === undefined) return;
    const exited = once(child, 'exit');
    signal();
    await exited;
  };

  return {
    name,
    /** Resolves when it serves. */
    start: () =>
      program.launch(
        logFile,
        (spawned) => {
          child = spawned;
          spawned.once('error', () => undefined);
          const { pid } = spawned;
          if (pid === undefined) return;
          // A suspended process heeds no other signal.
          register.add(name, pid, 'SIGKILL');
          spawned.once('exit', () => register.remove(pid));
        },
        new AbortController().signal,
      ),
    /** As an operator stops it. */
    stop: () => end(() => child?.kill(stopSignal)),
    /** As the kernel kills it. */
    kill: () => end(() => signalAll('SIGKILL')),
    /** It keeps its connections and answers nothing. */
    suspend: async () => signalAll('SIGSTOP'),
    resume: async () => signalAll('SIGCONT'),
  };
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

/** PostgreSQL has a process for each connection. */
function withDescendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    const parent = /^\d+$/.test(entry) ? parentOf(Number(entry)) : undefined;
    if (parent !== undefined) parents.set(Number(entry), parent);
  }
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
