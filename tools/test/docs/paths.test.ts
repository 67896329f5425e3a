/** Checks that every file, folder and heading that the documentation names exists. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isLabAway } from '../../check/lab.ts';
import { sourceFiles } from '../../source-files.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const pages = sourceFiles(root, /\.md$/).filter((page) => existsSync(join(root, page)));
/** Pages name files of the laboratory, which a tree may be without. */
const isAway = (path: string) => path.startsWith('lab/') && isLabAway(root);
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');
const withoutCode = (text: string) => text.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, '');

describe('the documentation', () => {
  test.each(pages)('%s: its links lead to files and headings', (page) => {
    const links = [...withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '');
    const local = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(local.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });

  test.each(pages)('%s: the paths in it exist', (page) => {
    const named = [
      ...textOf(page).matchAll(/`((?:services|packages|charts|docker|tools|docs|examples|lab)\/[^`\s]*)`/g),
    ];
    const missing = named.map(([, path]) => path ?? '').filter((path) => !exists(page, path));
    expect(missing).toEqual([]);
  });

  // The README of faults names tests of several packages by the folder of their tests.
  const readmes = pages.filter(
    (page) => basename(page) === 'README.md' && !page.endsWith('test/faults/README.md'),
  );
  test.each(readmes)('%s: the sources in it exist', (page) => {
    const named = [...textOf(page).matchAll(/`((?:[\w.@-]+\/)+[\w.{},-]+\.tsx?)`/g)].map(
      ([, path]) => path ?? '',
    );
    expect(named.filter((path) => !sourceExists(page, path))).toEqual([]);
  });

  test('the README of each folder of docs leads to every page of it and to every folder below', () => {
    const below = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
    const missing = below.filter((page) => {
      const folder = dirname(page);
      const list =
        basename(page) === 'README.md' ? join(dirname(folder), 'README.md') : `${folder}/README.md`;
      return !existsSync(join(root, list)) || !textOf(list).includes(`](${relative(dirname(list), page)})`);
    });
    expect(missing).toEqual([]);
  });

  test('docs/contributing/layout.md lists every package', () => {
    const text = textOf('docs/contributing/layout.md');
    const packages = sourceFiles(root, /^packages\/[^/]+\/package\.json$/).map((path) => dirname(path));
    for (const folder of packages) expect(text).toContain(`| \`${folder}\` |`);
  });

  test('README.md shows the diagram of docs/explain/architecture.md', () => {
    const diagram = (page: string) => /^```mermaid$.*?^```$/ms.exec(textOf(page))?.[0];
    expect(diagram('README.md')).toBeDefined();
    expect(diagram('README.md')).toBe(diagram('docs/explain/architecture.md'));
  });
});

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : normalize(join(dirname(page), file));
  if (isAway(target)) return true;
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || headingsOf(target).includes(anchor);
}

/** The anchors that GitHub makes of the headings of a page. */
function headingsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** A path starts at the root or beside the page. It may hold `{a,b}`, `*`, a placeholder such as `<service>`, and `:line`. */
function exists(page: string, path: string): boolean {
  if (isAway(path)) return true;
  const pattern = path
    .replaceAll(/<[^>]*>/g, '*')
    .replace(/:\d+$/, '')
    .replace(/\/$/, '');
  return isBelow([root, join(root, dirname(page))], pattern);
}

/** A source starts at the root, beside the page, or at the folder or `src` of its package or service. */
function sourceExists(page: string, path: string): boolean {
  if (isAway(path) || isAway(page)) return true;
  const [unit = '.'] = /^(?:packages|services)\/[^/]+/.exec(page) ?? [];
  return isBelow([root, join(root, dirname(page)), join(root, unit), join(root, unit, 'src')], path);
}

/** Each alternative of braces must be there: `globSync` is content with one. */
function isBelow(folders: string[], pattern: string): boolean {
  return alternatives(pattern).every((path) => folders.some((cwd) => globSync(path, { cwd }).length > 0));
}

function alternatives(pattern: string): string[] {
  const [, before = '', choices, after = ''] = /^(.*?)\{([^{}]*)\}(.*)$/.exec(pattern) ?? [];
  if (choices === undefined) return [pattern];
  return choices.split(',').flatMap((choice) => alternatives(`${before}${choice}${after}`));
}
