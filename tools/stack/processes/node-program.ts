/** Launches the repository's own compiled programs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PlainError } from '../../bootstrap/progress.mjs';
import { describeExit, type SupervisedProgram } from './supervised.ts';

export interface NodeProgram {
  name: string;
  /** Compiled file, relative to the repository. */
  file: string;
  args?: string[];
  env?: NodeJS.ProcessEnv;
  /** Folder of another checkout, which is compiled too. Default: this one. */
  tree?: string | undefined;
  isReady(): Promise<boolean>;
}

export const repositoryFolder = fileURLToPath(new URL('../../../', import.meta.url));

const readyTimeoutMs = 60_000;

export function nodeProgram({
  name,
  file,
  args = [],
  env = {},
  tree,
  isReady,
}: NodeProgram): SupervisedProgram {
  return {
    name,
    async launch(logFile, onSpawn) {
      const child = spawn(process.execPath, nodeArguments(file, args, tree), {
        cwd: tree ?? repositoryFolder,
        env: { ...process.env, ...imageEnvironment, ...env },
        stdio: ['ignore', logFile, logFile],
        // Ctrl-C in the terminal must reach the stack alone, which stops its children in order.
        detached: true,
      });
      onSpawn(child);
      await untilReady(child, isReady);
    },
  };
}

/** As in the images (docs/contributing/decisions/memory-of-a-service.md). */
export const imageEnvironment = { MALLOC_ARENA_MAX: '1' };
/** Without bounds the heap of a demo grows with the memory of the machine. The young generation is as in the images. */
function memoryLimits(file: string): string[] {
  const youngMiB = file.startsWith('services/auth-api/') ? 8 : 2;
  return ['--max-old-space-size=256', `--max-semi-space-size=${youngMiB}`];
}

export function nodeArguments(file: string, args: string[], tree = repositoryFolder): string[] {
  if (!existsSync(join(tree, file)))
    throw new PlainError(`${file} is not compiled: run "npm run build" first.`);
  return [...memoryLimits(file), file, ...args];
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
