/** Keeps account of the stack's child processes, so that none outlives it, whatever happens to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { identify, isRunning, type ProcessIdentity } from './identity.ts';

export interface ProcessRegister {
  add(name: string, pid: number, stopSignal: NodeJS.Signals): void;
  remove(pid: number): void;
  /** Resolves when nothing of it is left. */
  close(): Promise<void>;
}

interface Entry extends ProcessIdentity {
  name: string;
  stopSignal: NodeJS.Signals;
}

const guardScript = fileURLToPath(new URL('guard.sh', import.meta.url));

export function createProcessRegister(file: string): ProcessRegister {
  const entries = new Map<number, Entry>();
  const guard = spawn('/bin/sh', [guardScript], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // It must not keep this process alive when something else ended it.
  guard.unref();
  guard.stdin.on('error', () => {});
  const publish = () => {
    const list = [...entries.values()];
    writeFileSync(file, JSON.stringify(list));
    guard.stdin.write(`${list.map(({ pid, stopSignal }) => `${stopSignal.slice(3)}:${pid}`).join(' ')}\n`);
  };
  return {
    add(name, pid, stopSignal) {
      const identity = identify(pid);
      if (!identity) return;
      entries.set(pid, { ...identity, name, stopSignal });
      publish();
    },
    remove(pid) {
      if (entries.delete(pid)) publish();
    },
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

/** Ends what a stack that died left running, and says what it was. */
export async function endLeftovers(file: string): Promise<string[]> {
  const running = readEntries(file).filter(isRunning);
  for (const { pid, stopSignal } of running) signal(pid, stopSignal);
  const deadlineMs = Date.now() + 8000;
  while (running.some(isRunning) && Date.now() < deadlineMs) await wait(50);
  for (const entry of running) if (isRunning(entry)) signal(entry.pid, 'SIGKILL');
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

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {}
}

/** The exit of a child as a person would say it. */
export function describeExit(child: ChildProcess): string {
  return child.signalCode ?? `exit code ${child.exitCode}`;
}
