/** The product without `lab/`: a copy of the tree is examined as `.ci/run` examines a clone that does not have it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { copySources } from '../../guards/copy.ts';
import { wrongImports } from '../dependency-direction.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const node = process.execPath;
let copy = '';

// Each starts a program that reads the whole tree.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(() => {
  copy = copySources(root);
  rmSync(join(copy, 'lab'), { recursive: true, force: true });
  countNoUsers();
  // The checks ask git for the files.
  expect(failureOf('git', 'init', '--quiet')).toBe('');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Packages name some things in their entries for the laboratory alone. */
function countNoUsers() {
  const file = join(copy, 'knip.json');
  const text = readFileSync(file, 'utf8').replaceAll(
    /"includeEntryExports": true/g,
    '"includeEntryExports": false',
  );
  writeFileSync(file, text);
}

/** The output of the program in the copy if it fails, otherwise nothing. */
function failureOf(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: copy, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

describe('a tree without lab/', () => {
  it('has the lock file that its packages are installed from', () => {
    const pnpm = join(root, '.gatehouse/toolchain/node_modules/.bin/pnpm');
    const args = ['install', '--frozen-lockfile', '--lockfile-only', '--offline'];
    expect(failureOf(pnpm, ...args)).toBe('');
  });

  it('breaks no rule of imports', () => expect(wrongImports(copy)).toEqual([]));

  it('has no dead code', () =>
    expect(failureOf(node, 'node_modules/knip/bin/knip.js', '--no-progress')).toBe(''));

  it('misses no page, no command and no test', () => {
    const files = ['tools/test/docs/paths.test.ts', 'tools/bootstrap/test/long-tests.test.ts'];
    expect(failureOf(node, 'node_modules/vitest/vitest.mjs', 'run', ...files)).toBe('');
  });
});

it('the types of tests and tools are examined without a file of lab/', () => {
  const args = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.tests.json', '--listFilesOnly'];
  const files = execFileSync(node, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 24 }).split('\n');
  expect(files).toContain(join(root, 'tools/check/run.ts'));
  expect(files.filter((file) => file.startsWith(join(root, 'lab/')))).toEqual([]);
});
