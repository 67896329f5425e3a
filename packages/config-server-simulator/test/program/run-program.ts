/** Starts programs of this repository as processes, as an operator does. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { listenFor, until } from '../harness.ts';

export const programs = {
  simulator: fileURLToPath(new URL('../../src/main.ts', import.meta.url)),
  conformance: fileURLToPath(new URL('../../../config-server-conformance/src/main.ts', import.meta.url)),
  gatehouse: fileURLToPath(new URL('../../../cli/src/main.ts', import.meta.url)),
};

interface RunOptions {
  input?: string;
  env?: NodeJS.ProcessEnv;
}

/** Starts it with these arguments; ended at the latest with the test. */
export function runProgram(file: string, args: readonly string[], options: RunOptions = {}) {
  const child = spawn(process.execPath, ['--conditions=source', file, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  // The help names the passwords of the demo, on purpose.
  if (!args.includes('--help')) {
    listenFor({
      get lines() {
        return [...output.split('\n'), ...errors.split('\n')];
      },
    });
  }
  child.stdin.end(options.input);
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, exited, output: () => output, errors: () => errors };
}

/** Runs it to its end. */
export async function outcomeOf(file: string, args: readonly string[], options: RunOptions = {}) {
  const program = runProgram(file, args, options);
  const code = await program.exited;
  return { code, output: program.output(), errors: program.errors() };
}

/** A simulator in its own process, ready. */
export async function runServer(...args: string[]) {
  const running = runProgram(programs.simulator, ['serve', '--port', '0', ...args]);
  await until(() => /listening on \S+\n/.test(running.output()), 'the ready line', 15_000);
  return { ...running, port: Number(/listening on 127\.0\.0\.1:(\d+)\n/.exec(running.output())?.[1]) };
}
