/** Shows the documentation of the repository as pages, under the paths that its links name. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Marked, type Tokens } from 'marked';
import { connectionsOf } from './connections.ts';
import { headingId, searchForm, searchPage } from './document-search.ts';
import { Html, html } from './pages/html.ts';
import type { Page } from './pages/layout.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Fixed when the playground starts: no path of a request reaches the file system. */
const files = new Set(
  globSync(
    ['*.md', 'docs/**/*.{md,webp,yaml,json}', '{charts,packages,services,examples,tools,lab}/*/{,*/}*.md'],
    {
      cwd: root,
    },
  ),
);
/** Where a page is that had another path before; an entry that ends with a slash is a folder. */
const moved = Object.entries<string>(JSON.parse(readFileSync(join(root, 'docs/moved.json'), 'utf8')));

const markdown = new Marked({
  renderer: {
    code({ text, lang }) {
      return (lang === 'mermaid' && connectionsOf(text)?.text) || false;
    },
    heading({ tokens, depth, text }) {
      return `<h${depth} id="${headingId(text)}">${this.parser.parseInline(tokens)}</h${depth}>`;
    },
    table(token) {
      const row = (cells: typeof token.header, tag: string) =>
        `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`;
      const rows = token.rows.map((cells) => row(cells, 'td')).join('');
      return `<div class="wide"><table><thead>${row(token.header, 'th')}</thead><tbody>${rows}</tbody></table></div>`;
    },
  },
});

export function serveDocuments(
  app: FastifyInstance,
  show: (reply: FastifyReply, page: Page) => FastifyReply,
) {
  app.get('/docs', (_request, reply) => reply.redirect('/docs/README.md'));
  app.get<{ Querystring: { q?: unknown } }>('/docs/search', (request, reply) => {
    const { q } = request.query;
    const pages = [...files].filter((path) => path.endsWith('.md'));
    const read = pages.map((path) => [path, readFileSync(join(root, path), 'utf8')] as const);
    return show(reply, searchPage(typeof q === 'string' ? q.slice(0, 100) : '', read));
  });
  app.get<{ Params: { '*': string } }>('/docs/*', (request, reply) => {
    const path = request.params['*'];
    const now = newPathOf(path);
    if (now !== undefined) return reply.redirect(`/docs/${now}`, 301);
    if (!files.has(path)) return reply.callNotFound();
    const content = readFileSync(join(root, path));
    if (path.endsWith('.webp')) return reply.type('image/webp').send(content);
    if (!path.endsWith('.md')) return reply.type('text/plain; charset=utf-8').send(content);
    return show(reply, documentPage(path, content.toString()));
  });
}

/** The part after the folder comes from the request and stays on this origin, because the folder is before it. */
function newPathOf(path: string): string | undefined {
  const entry = moved.find(([old]) => (old.endsWith('/') ? path.startsWith(old) : path === old));
  return entry && `${entry[1]}${path.slice(entry[0].length)}`;
}

function documentPage(path: string, text: string): Page {
  const title = /^# (.+)$/m.exec(text)?.[1] ?? path;
  const body = new Html(markdown.parse(text, { async: false }));
  const isHome = path === 'README.md';
  return {
    title,
    body: html`<div class="document-page">
<div class="document-side">${searchForm()}${contentsOf(text)}</div>
<article class="document">${!isHome && html`<p class="soft"><a href="/docs/README.md">Documentation</a> / ${path}</p>`}${body}</article>
</div>`,
  };
}

/** Of a long list of headings only the first level, so that the contents can be looked over. */
function contentsOf(text: string): Html | undefined {
  const headings = markdown
    .lexer(text)
    .flatMap((token) => (token.type === 'heading' ? [token as Tokens.Heading] : []));
  const below = headings.filter(({ depth }) => depth === 2 || depth === 3);
  const shown = below.length > 40 ? below.filter(({ depth }) => depth === 2) : below;
  if (shown.length < 3) return undefined;
  const items = shown.map(({ depth, text: heading }) => {
    const words = heading.replaceAll(/`|\[([^\]]*)\]\([^)]*\)/g, '$1');
    return html`<li class="level-${depth}"><a href="#${headingId(heading)}">${words}</a></li>`;
  });
  return html`<nav class="contents" aria-label="On this page"><details open><summary>On this page</summary><ul>${items}</ul></details></nav>`;
}
