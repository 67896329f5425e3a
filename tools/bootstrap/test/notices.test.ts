import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const program = new URL('../notices.mjs', import.meta.url).pathname;
const writeNotices = async () => {
  await promisify(execFile)(process.execPath, [program, folder]);
  return readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-notices-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function addPackage(
  facts: { name: string; license?: string; author?: string },
  files: Record<string, string> = {},
) {
  const place = join(
    folder,
    `node_modules/.pnpm/${facts.name.replace('/', '+')}@1.2.3/node_modules/${facts.name}`,
  );
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ version: '1.2.3', ...facts }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
}

test('an image names each package of others with its licence and the text of it', async () => {
  addPackage(
    { name: 'plain', license: 'MIT' },
    { LICENSE: 'Permission is granted.', 'README.md': 'How to use it.' },
  );
  addPackage({ name: '@scope/told', license: 'ISC', author: 'A. Writer' });
  addPackage({ name: '@gatehouse/own', license: 'Apache-2.0' });
  const notices = await writeNotices();
  expect(notices).toContain('plain 1.2.3\nLicence: MIT\n\nPermission is granted.');
  expect(notices).toContain('@scope/told 1.2.3\nLicence: ISC\nAuthor: A. Writer');
  expect(notices).not.toContain('How to use it.');
  expect(notices).not.toContain('@gatehouse/own');
});

test('libvips brings the licences of its parts and the text of the LGPL', async () => {
  addPackage(
    { name: '@img/libvips', license: 'LGPL-3.0-or-later' },
    { 'README.md': 'Used under the terms of…' },
  );
  const notices = await writeNotices();
  expect(notices).toContain('Used under the terms of…');
  expect(notices).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
});

test('a package without a licence stops the build, by name', async () => {
  addPackage({ name: 'unknown' });
  await expect(writeNotices()).rejects.toThrow('unknown 1.2.3 names no licence in its package.json');
});
