/** Which files of the repository are pages of the site, and where each is there. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const { version, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  description: string;
};
/** Sites of several releases stand beside each other in one folder. */
export const base = `/${version}/`;
export const builtSite = join(root, `.gatehouse/docs${base}`);
export const archive = join(root, `.gatehouse/docs/gatehouse-docs-${version}.zip`);

/** The text of the documentation, and what it sends its readers to. */
const pages = globSync(
  [
    'docs/**/*.md',
    '{CHANGELOG,CONTRIBUTING,SECURITY,UPGRADING}.md',
    'charts/*/README.md',
    'packages/*/{README,docs/*}.md',
    'tools/docs/api/*.md',
  ],
  { cwd: root },
);
/** Path in the repository → path in the site. */
export const sitePaths = new Map(pages.map((path) => [path, sitePathOf(path)]));

/** The doors of the documentation, in the order in which its first page names them. */
export const doors = ['start', 'guides', 'reference', 'explain', 'contributing'];

/** In the site as they are, too: examples and schemas for people, and pages for programs that read. */
export const files = globSync('docs/**/*.{md,yaml,json}', { cwd: root });

export const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
export const titleOf = (path: string) => /^# (.+)$/m.exec(textOf(path))?.[1]?.replaceAll('`', '') ?? path;

function sitePathOf(path: string): string {
  return path.replace(/^(?:docs|tools\/docs)\//, '').replace(/README\.md$/, 'index.md');
}

/** What a link leads to that begins at a page: below the base of the site. */
export function addressOf(sitePath: string): string {
  return `/${sitePath.replace(/(?:^|(?<=\/))index\.md$/, '').replace(/\.md$/, '.html')}`;
}
