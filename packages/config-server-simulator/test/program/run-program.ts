/** The program itself, as an operator runs it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { until } from '../harness.ts';

const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** Starts it with these arguments; ended at the latest with the test. */
export function runProgram(args: string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}) {
  const child = spawn(process.execPath, ['--conditions=source', program, ...args], {
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
  child.stdin.end(options.input);
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, exited, output: () => output, errors: () => errors };
}

/** A server of its own process, ready. */
export async function runServer(...args: string[]) {
  const running = runProgram(['serve', '--port', '0', ...args]);
  await until(() => /listening on \S+\n/.test(running.output()), 'the ready line', 15_000);
  return { ...running, port: Number(/listening on 127\.0\.0\.1:(\d+)\n/.exec(running.output())?.[1]) };
}
