import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { oldPathFinder } from '../moved-pages.ts';

const oldPathsIn = oldPathFinder({
  'docs/old.md': 'docs/explain/new.md',
  'docs/notes/': 'docs/contributing/notes/',
});

describe('a page that has moved', () => {
  it.each([
    ['a link', '[settings](../docs/old.md#redis)', 'docs/old.md is now docs/explain/new.md'],
    ['an address', 'http://127.0.0.1:8092/docs/docs/old.md', 'docs/old.md is now docs/explain/new.md'],
    ['an annotation of an alert', 'runbook: docs/old.md#a', 'docs/old.md is now docs/explain/new.md'],
    ['a page of a folder', '(docs/notes/one.md)', 'docs/notes is now docs/contributing/notes/'],
    ['a folder without a slash', '(figures: docs/notes).', 'docs/notes is now docs/contributing/notes/'],
  ])('is refused under its old path in %s', (_where, text, found) => {
    expect(oldPathsIn(`first\n${text}`)).toEqual([`2: ${found}`]);
  });

  it.each([
    'docs/explain/new.md',
    'docs/old.mdx',
    'docs/notes-of-others.md',
    'mydocs/old.md',
    'docs/contributing/notes/one.md',
  ])('is not meant by %s', (text) => expect(oldPathsIn(text)).toEqual([]));
});

it('every new path of docs/moved.json exists, and no old one', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const table: Record<string, string> = JSON.parse(readFileSync(join(root, 'docs/moved.json'), 'utf8'));
  const exists = (path: string) => existsSync(join(root, path));
  expect(Object.values(table).filter((path) => !exists(path))).toEqual([]);
  expect(Object.keys(table).filter(exists)).toEqual([]);
});
