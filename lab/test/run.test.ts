/** Every command of the repository that starts the laboratory finds its experiment, with everything that it imports. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { commands } from '../../tools/bootstrap/commands.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
interface Command {
  steps: string[][];
  parts?: Record<string, Command>;
}
const stepsOf = ({ steps, parts = {} }: Command): string[][] => [
  ...steps,
  ...Object.values(parts).flatMap(stepsOf),
];
const experiments = Object.values(commands as Record<string, Command>)
  .flatMap(stepsOf)
  .filter((step) => step.includes('lab/run.ts'))
  .map((step) => step.at(-1) ?? '');

vi.setConfig({ testTimeout: 60_000 });

it.each(experiments)('%s says what it can do', (name) => {
  const args = ['--conditions=source', 'lab/run.ts', name, '--help'];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^Usage: .*npm run /)]);
});

it('there are twelve experiments', () => expect(new Set(experiments).size).toBe(12));
