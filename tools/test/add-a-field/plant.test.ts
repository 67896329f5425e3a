/** Checks that the field and the column of `npm run test:add-a-field` still apply, and how many files they take. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

function filesOf(plant: string): string[] {
  const patch = readFileSync(`${root}/tools/add-a-field/${plant}.patch`, 'utf8');
  return [...patch.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, path = '']) => path);
}

it.each([
  ['field', 5],
  ['column', 1],
])('the %s applies, and takes at most %i written files', (plant, most) => {
  const args = ['apply', '--check', `tools/add-a-field/${plant}.patch`];
  const { stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  expect(stderr).toBe('');
  const written = filesOf(plant).filter((path) => !path.startsWith('services/auth-ui/src/texts/'));
  expect(written.length).toBeLessThanOrEqual(most);
});
