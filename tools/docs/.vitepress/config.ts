/** The site: pages of the repository as they are, with contents, search and a version. */
import { existsSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { defineConfig, type MarkdownOptions } from 'vitepress';
import { connectionsOf } from '../../../examples/playground/connections.ts';
import { sourceFiles } from '../../source-files.ts';
import { accessibleTheme } from '../accessible-theme.ts';
import { sidebarOf } from '../contents.ts';
import { notices } from '../notices.ts';
import {
  addressOf,
  base,
  builtSite,
  description,
  doors,
  files,
  root,
  sitePaths,
  titleOf,
  version,
} from '../pages.ts';

const home = {
  layout: 'home',
  hero: {
    name: 'Gatehouse',
    text: description,
    actions: [
      { theme: 'brand', text: 'First steps', link: '/start/' },
      { theme: 'alt', text: 'Deployment', link: '/guides/deployment.html' },
      { theme: 'alt', text: 'Try the APIs', link: '/api/auth-api.html' },
    ],
  },
};

export default defineConfig({
  title: 'Gatehouse',
  description,
  lang: 'en-GB',
  base,
  srcDir: root,
  srcExclude: sourceFiles(root, /\.md$/).filter((path) => !sitePaths.has(path)),
  rewrites: (path) => sitePaths.get(path) ?? path,
  outDir: builtSite,
  cacheDir: `${root}/.gatehouse/vitepress`,
  metaChunk: true,
  // A search needs the index of all pages, and the largest references are pages of their own.
  vite: { plugins: [accessibleTheme, notices], build: { chunkSizeWarningLimit: 2000 } },
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}mark.svg` }]],
  transformPageData: ({ relativePath }) => (relativePath === 'index.md' ? { frontmatter: home } : {}),
  markdown: {
    html: false,
    anchor: { slugify },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config(markdown) {
      linkFromPages(markdown);
      leaveEmptyHeaders(markdown);
      keepBraces(markdown);
      showConnections(markdown);
    },
  },
  themeConfig: {
    logo: '/mark.svg',
    siteTitle: `Gatehouse ${version}`,
    nav: [
      ...doors.map((door) => ({
        text: titleOf(`docs/${door}/README.md`),
        link: `/${door}/`,
        activeMatch: `^/${door}/`,
      })),
      { text: 'Try the APIs', link: '/api/auth-api.html', activeMatch: '^/api/' },
    ],
    sidebar: Object.fromEntries(doors.map((door) => [`/${door}/`, sidebarOf(door)])),
    notFound: {
      title: 'Page not found',
      quote: 'This release has no page at this address. The search finds where it is now.',
      linkText: 'All of the documentation',
    },
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          searchOptions: {
            // These pages name everything, and come last.
            boostDocument: (id: string) => (/\/contributing\/|CHANGELOG/.test(id) ? 0.2 : 1),
          },
        },
      },
    },
  },
});

/** The anchors that a code host makes of headings, which the links of the pages name. */
function slugify(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

type Markdown = Parameters<NonNullable<MarkdownOptions['config']>>[0];

/** A link of a page names a file of the repository. What is no part of the site stays as its path, to be looked up in the sources. */
function linkFromPages(markdown: Markdown): void {
  markdown.core.ruler.push('files-of-the-repository', ({ tokens, env }) => {
    const file = env.realPath ?? env.path;
    // The title of a page is read once more without its page.
    if (!file) return;
    const page = relative(root, file);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const [href, anchor] = (token.attrGet('href') ?? '').split('#');
      if (token.type !== 'link_open' || !href || /^[a-z]+:/.test(href)) continue;
      const target = posix.normalize(posix.join(posix.dirname(page), href));
      const sitePath = sitePaths.get(target);
      if (sitePath) token.attrSet('href', addressOf(sitePath) + (anchor ? `#${anchor}` : ''));
      else if (files.includes(target))
        token.attrs = [
          ['href', target.replace('docs/', base)],
          ['target', '_self'],
        ];
      else if (existsSync(join(root, target)))
        token.attrs = [
          ['class', 'source'],
          ['title', target],
        ];
    }
  });
}

/** The empty corner of a table names nothing. */
function leaveEmptyHeaders(markdown: Markdown): void {
  markdown.core.ruler.push('empty-headers', ({ tokens }) => {
    for (const [index, token] of tokens.entries())
      if (token.type === 'th_open' && tokens[index + 1]?.content === '')
        for (const cell of [token, tokens[index + 2]]) if (cell) cell.tag = 'td';
  });
}

/** Vue would take two of them as an expression. */
function keepBraces(markdown: Markdown): void {
  const { text } = markdown.renderer.rules;
  markdown.renderer.rules.text = (...args) => (text?.(...args) ?? '').replaceAll('{{', '&#123;&#123;');
}

/** A drawing would need a package of 70 MB: the table says the same. */
function showConnections(markdown: Markdown): void {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (...args) => {
    const [tokens, index] = args;
    const token = tokens[index];
    const table = token?.info === 'mermaid' ? connectionsOf(token.content) : undefined;
    return table?.text ?? fence?.(...args) ?? '';
  };
}
