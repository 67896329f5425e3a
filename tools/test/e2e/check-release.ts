/** Runs a service's command check-release with the settings of the running service. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { RunningStack } from './running-stack.ts';

export async function checkRelease(
  stack: RunningStack,
  name: string,
  apiUrl: string,
  managementUrl: string,
  env: Record<string, string> = {},
) {
  const { pid } = stack.process(name);
  const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  const own = Object.fromEntries(
    variables.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
  );
  const child = spawn(program, [...args, 'check-release', apiUrl, managementUrl], {
    cwd: `/proc/${pid}/cwd`,
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, lines: (stdout + stderr).trim().split('\n') };
}
