/** Finds paths of pages of the documentation that have moved: docs/moved.json says where each is now. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from '../source-files.ts';

const table = 'docs/moved.json';
const pictures = /\.(?:webp|png|ico|woff2|bin)$/;

/** `path:line: old path is now new path` for each place, in files of every kind. */
export function movedPages(root: string): string[] {
  const moved: Record<string, string> = JSON.parse(readFileSync(join(root, table), 'utf8'));
  return sourceFiles(root, /./)
    .filter((path) => path !== table && !pictures.test(path) && existsSync(join(root, path)))
    .flatMap((path) =>
      oldPathsIn(readFileSync(join(root, path), 'utf8'), moved).map((found) => `${path}:${found}`),
    );
}

/** `line: old path is now new path` for each place. An entry that ends with a slash is a folder, which a text may name without it. */
export function oldPathsIn(text: string, moved: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(moved).map((path) => path.replace(/\/$/, '').replaceAll('.', '\\.'));
  const old = new RegExp(`(?<![\\w-])(${names.join('|')})(?![\\w-])`, 'g');
  return text.split('\n').flatMap((line, index) =>
    [...line.matchAll(old)].map(([, path = '']) => {
      const now = moved[path] ?? moved[`${path}/`];
      return `${index + 1}: ${path} is now ${now}`;
    }),
  );
}
