/** Finds paths of pages of the documentation that have moved: docs/moved.json says where each is now. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from '../source-files.ts';

const table = 'docs/moved.json';
const pictures = /\.(?:webp|png|ico|woff2|bin)$/;

/** `path:line: old path is now new path` for each place, in files of every kind. */
export function movedPages(root: string): string[] {
  const oldPathsIn = oldPathFinder(JSON.parse(readFileSync(join(root, table), 'utf8')));
  return sourceFiles(root, /./)
    .filter((path) => path !== table && !pictures.test(path) && existsSync(join(root, path)))
    .flatMap((path) => oldPathsIn(readFileSync(join(root, path), 'utf8')).map((found) => `${path}:${found}`));
}

/**
 * Returns a function that gives `line: old path is now new path` for each place of a text. An entry of the table that ends with a
 * slash is a folder, which a text may name without it.
 */
export function oldPathFinder(moved: Readonly<Record<string, string>>): (text: string) => string[] {
  const names = Object.keys(moved).map((path) => path.replace(/\/$/, '').replaceAll('.', '\\.'));
  const old = new RegExp(`(?<![\\w-])(${names.join('|')})(?![\\w-])`, 'g');
  return (text) =>
    text.split('\n').flatMap((line, index) =>
      [...line.matchAll(old)].map(([, path = '']) => {
        const now = moved[path] ?? moved[`${path}/`];
        return `${index + 1}: ${path} is now ${now}`;
      }),
    );
}
