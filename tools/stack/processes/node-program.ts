/** Our own programs as supervised child processes, run from their sources. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describeExit } from './register.ts';
import type { SupervisedProgram } from './supervised.ts';

export interface NodeProgram {
  name: string;
  /** Source file, relative to the repository. */
  file: string;
  args?: string[];
  env?: Record<string, string>;
  isReady(): Promise<boolean>;
}

export const repositoryFolder = fileURLToPath(new URL('../../../', import.meta.url));

const readyTimeoutMs = 60_000;

export function nodeProgram({ name, file, args = [], env = {}, isReady }: NodeProgram): SupervisedProgram {
  return {
    name,
    async launch(logFile, onSpawn) {
      const child = spawn(process.execPath, sourceArguments(file, args), {
        cwd: repositoryFolder,
        env: { ...process.env, ...env },
        stdio: ['ignore', logFile.descriptor, logFile.descriptor],
        // Ctrl-C in the terminal must reach the stack alone: it stops its children in order.
        detached: true,
      });
      onSpawn(child);
      await untilReady(child, isReady);
    },
  };
}

export function sourceArguments(file: string, args: string[]): string[] {
  return ['--conditions=source', '--enable-source-maps', file, ...args];
}

async function untilReady(child: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + readyTimeoutMs;
  while (!(await isReady())) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`it ended (${describeExit(child)})`);
    if (child.pid === undefined) throw new Error('it cannot be started');
    if (Date.now() > deadlineMs) {
      child.kill('SIGKILL');
      throw new Error(`it was not ready within ${readyTimeoutMs / 1000} seconds`);
    }
    await wait(50);
  }
}
