/** Starts the programs of the node in its network, and ends them, also those that a killed run left. */
import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { identify, isRunning, type ProcessIdentity } from '../../../tools/bootstrap/pid-lock.mjs';
import { runFolder } from '../places.ts';
import { inNetwork } from './network.ts';

const pidFile = path.join(runFolder, 'pids');
const graceMs = 10_000;

export const logFile = (name: string) => path.join(runFolder, 'log', `${name}.log`);

/** In a session of its own: Ctrl-C in a terminal must not end the node before its pods. */
export function startProgram(name: string, program: string, args: readonly string[]): void {
  mkdirSync(path.dirname(logFile(name)), { recursive: true });
  const log = openSync(logFile(name), 'a');
  const child = spawn(...inNetwork(program, ...args), { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity) appendFileSync(pidFile, `${JSON.stringify({ name, ...identity })}\n`);
}

/** Names of those that should run and do not. */
export function endedPrograms(): string[] {
  return startedPrograms()
    .filter((program) => !isRunning(program))
    .map(({ name }) => name);
}

/** Ends the named programs at the same time. */
export async function stopPrograms(...names: string[]): Promise<void> {
  const chosen = startedPrograms().filter(({ name }) => names.includes(name));
  await endAll(chosen);
}

/** @param identities of processes: a number that was given to another process since is left alone */
export async function endAll(identities: readonly ProcessIdentity[]): Promise<void> {
  for (const identity of identities) if (isRunning(identity)) process.kill(identity.pid, 'SIGTERM');
  for (const startMs = performance.now(); performance.now() - startMs < graceMs; await wait(50))
    if (!identities.some(isRunning)) return;
  for (const identity of identities) if (isRunning(identity)) process.kill(identity.pid, 'SIGKILL');
}

function startedPrograms(): (ProcessIdentity & { name: string })[] {
  if (!existsSync(pidFile)) return [];
  return readFileSync(pidFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
