/** Checks that every picture of the documentation is small and shown somewhere; `paths.test.ts` finds those that are missing. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sourceFiles } from '../../source-files.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = join(root, 'docs/images');
const pictures = readdirSync(folder);

test('every picture in docs/images is shown by a page', () => {
  const pages = sourceFiles(root, /\.md$/).map((page) => readFileSync(join(root, page), 'utf8'));
  const isShown = (picture: string) => pages.some((page) => page.includes(`images/${picture})`));
  expect(pictures.length).toBeGreaterThan(10);
  expect(pictures.filter((picture) => !isShown(picture))).toEqual([]);
});

test('none has more than 60 KB', () => {
  expect(pictures.filter((picture) => statSync(join(folder, picture)).size > 60 * 1024)).toEqual([]);
});
