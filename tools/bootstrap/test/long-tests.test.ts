import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const module_ = new URL('../commands.mjs', import.meta.url).href;
const root = new URL('../../..', import.meta.url).pathname;

test.each([
  ['soak', 'packages/config-server-simulator/test/soak/soak.test.ts'],
  ['fuzz', 'packages/config-server-client/test/wire/fuzz.test.ts'],
  ['siege', 'services/auth-api/test/attacks/attack-simulation.long.ts'],
] as const)('npm run %s finds its test', async (name, file) => {
  const { commands } = (await import(module_)) as { commands: Record<string, { steps: string[][] }> };
  const [, vitest = '', , ...args] = commands[name]?.steps[0] ?? [];
  const { stdout } = await run(process.execPath, [vitest, 'list', '--filesOnly', ...args], { cwd: root });
  expect(stdout.trim()).toBe(file);
});

test('every command and part of one finds its programs', async () => {
  type Command = { steps: string[][]; parts?: Record<string, Command> };
  const { commands } = (await import(module_)) as { commands: Record<string, Command> };
  const stepsOf = ({ steps, parts = {} }: Command): string[][] => [
    ...steps,
    ...Object.values(parts).flatMap(stepsOf),
  ];
  const programs = Object.values(commands)
    .flatMap(stepsOf)
    .flat()
    .filter((argument) => /^(tools|packages|lab)\//.test(argument));
  // A tree without the laboratory has none of its folders.
  const expected = programs.filter((program) => existsSync(`${root}${dirname(program)}`));
  expect(expected).toContain('tools/stack/start.ts');
  expect(expected.filter((program) => !existsSync(`${root}${program}`))).toEqual([]);
});
