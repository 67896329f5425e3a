/** Records the stack's child processes and ends them when the stack dies, even by SIGKILL. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { identify, isRunning, type ProcessIdentity } from '../../bootstrap/pid-lock.mjs';

type Entry = ProcessIdentity & { name: string; stopSignal: NodeJS.Signals };
export type ProcessRegister = ReturnType<typeof createProcessRegister>;

/** Reads lines of signals and process numbers; when the input ends, it obeys the last one. A shell needs one megabyte only. */
const guardScript =
  'while read -r line; do last=$line; done; set -- $last; while [ $# -gt 1 ]; do kill -s $1 $2 2>/dev/null; shift 2; done';

export function createProcessRegister(file: string) {
  const entries = new Map<number, Entry>();
  const guard = spawn('/bin/sh', ['-c', guardScript], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  guard.stdin.on('error', () => {});
  const publish = () => {
    const list = [...entries.values()];
    writeFileSync(file, JSON.stringify(list));
    guard.stdin.write(`${list.map(({ pid, stopSignal }) => `${stopSignal.slice(3)} ${pid}`).join(' ')}\n`);
  };
  return {
    add(name: string, pid: number, stopSignal: NodeJS.Signals) {
      const identity = identify(pid);
      if (!identity) return;
      entries.set(pid, { ...identity, name, stopSignal });
      publish();
    },
    remove(pid: number) {
      if (entries.delete(pid)) publish();
    },
    /** Resolves when the guard has ended. */
    async close() {
      entries.clear();
      publish();
      rmSync(file, { force: true });
      if (guard.exitCode !== null || guard.signalCode !== null) return;
      guard.ref();
      const ended = once(guard, 'exit');
      guard.stdin.end();
      await ended;
    },
  };
}

/** Ends what an earlier stack left running although its guard was killed too; returns the names. */
export async function endLeftovers(file: string): Promise<string[]> {
  const running = readEntries(file).filter(isRunning);
  for (const { pid, stopSignal } of running) process.kill(pid, stopSignal);
  const deadlineMs = Date.now() + 8000;
  while (running.some(isRunning) && Date.now() < deadlineMs) await wait(50);
  for (const entry of running) if (isRunning(entry)) process.kill(entry.pid, 'SIGKILL');
  while (running.some(isRunning)) await wait(20);
  rmSync(file, { force: true });
  return running.map(({ name }) => name);
}

function readEntries(file: string): Entry[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Entry[];
  } catch {
    return [];
  }
}
