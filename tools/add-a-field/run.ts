/**
 * `npm run test:add-a-field`: adds a field and a column to a copy of the sources as the guides for contributors say, and looks
 * for both wherever people and programs read them.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copySources } from '../guards/copy.ts';
import { plantedTexts } from './plant.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const place = 'tools/add-a-field/test/planted';
const test = `${place}.test.ts`;
const copy = copySources(root);

function run(title: string, program: string, ...args: string[]): void {
  console.log(title);
  const { status } = spawnSync(program, args, { cwd: copy, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${title}: ${program} ended with ${status}`);
}

const node = (title: string, ...args: string[]) => run(title, process.execPath, ...args);

try {
  for (const name of ['field', 'column'] as const) {
    console.log(`Adding the ${name}`);
    for (const [path, text] of plantedTexts(copy, name)) writeFileSync(join(copy, path), text);
  }
  cpSync(join(root, `${place}.ts`), join(copy, test));
  // The generator asks git for the files.
  run('Making a repository', 'git', 'init', '--quiet');
  node('Types of the sources', 'node_modules/typescript/bin/tsc', '-b');
  node('Generated files', '--conditions=source', 'tools/generate/run.ts');
  node('Looking for both', 'node_modules/vitest/vitest.mjs', 'run', test, 'services/auth-ui/test/texts');
} finally {
  rmSync(copy, { recursive: true, force: true });
}
