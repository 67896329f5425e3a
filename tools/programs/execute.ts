/** Runs programs to their end; all of them end when the run is interrupted. */
import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

/** Aborted by Ctrl-C. */
export const interruption = new AbortController();

export interface Execution {
  exitCode: number;
  stdout: string;
  stderr: string;
}

interface Options {
  input?: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** For cleaning up: an interrupted run does that too. */
  evenInterrupted?: boolean;
}

/** Never throws for a program that fails: what it says is the result. */
export function attempt(
  program: string,
  args: readonly string[],
  { input = '', evenInterrupted, ...options }: Options = {},
): Promise<Execution> {
  const signal = evenInterrupted ? undefined : interruption.signal;
  return new Promise((resolve, reject) => {
    const settings = { ...options, signal, maxBuffer: 64 * 2 ** 20 };
    const child = execFile(program, [...args], settings, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number' && !error.signal) reject(error);
      else resolve({ exitCode: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
    // A program that ends without reading its input is told by its exit code.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/** The standard output. @throws Error with all that a failed program said */
export async function run(program: string, args: readonly string[], options: Options = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await attempt(program, args, options);
  if (exitCode !== 0)
    throw new Error(
      `${program} ${args.slice(0, 6).join(' ')} ended with ${exitCode}:\n${stdout}${stderr}`.trim(),
    );
  return stdout;
}

/** Asks until the answer is not undefined. @throws Error that names what was waited for */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  { timeoutMs = 60_000, everyMs = 200 } = {},
): Promise<T> {
  for (const startMs = performance.now(); performance.now() - startMs < timeoutMs; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await wait(everyMs, undefined, { signal: interruption.signal });
  }
  throw new Error(`waited ${timeoutMs / 1000} s in vain: ${what}`);
}
