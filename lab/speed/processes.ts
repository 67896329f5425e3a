/** Starts the servers of a bench and ends them: our own programs, which print a line, and others, which answer at an address. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { watchProgram } from '@gatehouse/testing/programs';
import { repositoryFolder } from '../../tools/stack/processes/node-program.ts';
import { pin, serverCore } from './machine.ts';

/** Keycloak compiles its configuration first, on one core. */
const readyLimitMs = 600_000;

/** One of our programs, by its path; resolves with the first line that it prints. */
export async function start(args: readonly string[], settings: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--conditions=source', ...args], {
    cwd: repositoryFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...settings },
  });
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    once(lines, 'line').then(([first]) => String(first)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${args[0]} ended with ${code}`))),
  ]);
  return { pid: child.pid ?? 0, line, stop: () => end(child) };
}

interface ProgramOptions {
  program: string;
  args: readonly string[];
  env: Record<string, string>;
  /** Answers with success once it is up. */
  readyUrl: string;
  authorization?: string | undefined;
  pollMs?: number;
}

/** On the core of the servers. @throws Error with the end of what the program said when it does not come up */
export async function startProgram(options: ProgramOptions) {
  const { program, args, env, readyUrl, authorization, pollMs = 200 } = options;
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const watched = watchProgram(child);
  // At once: what it starts stays on the same core, and it sees one core when it chooses its threads.
  pin(child.pid ?? 0, serverCore);
  const headers = authorization === undefined ? {} : { authorization };
  const isUp = async () => {
    const answer = await fetch(readyUrl, { headers }).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok === true;
  };
  const endMs = Date.now() + readyLimitMs;
  while (!(await isUp())) {
    if (watched.ended() !== undefined || Date.now() > endMs) {
      await end(child);
      throw new Error(`${program} ${watched.ended() ?? 'did not answer'}: ${watched.output()}`);
    }
    await wait(pollMs);
  }
  return { pid: child.pid ?? 0, stop: () => end(child) };
}

export async function end(child: ChildProcess): Promise<void> {
  // Without a pid it never began.
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
