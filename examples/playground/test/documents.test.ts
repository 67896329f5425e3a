/** The documentation as pages: what is shown under which path. */
import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import { afterAll, expect, it } from 'vitest';
import { serveDocuments } from '../documents.ts';

const app = fastify();
serveDocuments(app, (reply, page) => reply.type('text/html').send(page.body.text));
afterAll(() => app.close());
const get = async (path: string) => app.inject(`/docs/${path}`);

it.each(
  Object.entries<string>(
    JSON.parse(readFileSync(new URL('../../../docs/moved.json', import.meta.url), 'utf8')),
  ).map(([old, now]) => (old.endsWith('/') ? [`${old}some-page.md`, `${now}some-page.md`] : [old, now])),
)('%s leads to %s', async (old, now) => {
  const answer = await get(old);
  expect([answer.statusCode, answer.headers.location]).toEqual([301, `/docs/${now}`]);
});

it('shows a page and a picture, and no other file', async () => {
  expect((await get('docs/README.md')).body).toContain('<a href="start/README.md">');
  const picture = await get('docs/images/sign-in.webp');
  expect([picture.statusCode, picture.headers['content-type']]).toEqual([200, 'image/webp']);
  for (const path of ['package.json', 'docs/none.md', 'docs/../package.json', 'constructor'])
    expect((await get(path)).statusCode).toBe(404);
});

it.each(['README.md', 'docs/explain/architecture.md'])(
  'shows the diagram of %s as its connections, and other code as it is',
  async (path) => {
    const { body } = await get(path);
    expect(body).toContain(
      '<tr><td>Other services, installer</td><td>5: HTTP 80, HTTPS 443</td><td>Auth API</td></tr>',
    );
    expect(body).not.toContain('flowchart');
    expect((await get('docs/guides/command-line.md')).body).toContain('<pre><code');
  },
);

it.each(['start', 'guides', 'reference', 'explain', 'contributing'])(
  'every page that the list of docs/%s names is shown',
  async (door) => {
    const list = `/docs/docs/${door}/README.md`;
    const links = [...(await app.inject(list)).body.matchAll(/href="([^"#]+\.md)/g)].map(
      ([, link = '']) => link,
    );
    expect(links.length).toBeGreaterThan(4);
    const answers = links.map(async (link) => {
      const { pathname } = new URL(link, `http://viewer${list}`);
      return [link, (await app.inject(pathname)).statusCode];
    });
    expect(Object.fromEntries(await Promise.all(answers))).toEqual(
      Object.fromEntries(links.map((link) => [link, 200])),
    );
  },
);

it('has contents beside a page, each of which leads to its heading', async () => {
  const { body } = await get('docs/guides/operations.md');
  const contents = /<nav class="contents".*?<\/nav>/s.exec(body)?.[0] ?? '';
  const ids = [...contents.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(ids.length).toBeGreaterThan(3);
  expect(ids.filter((id) => !body.includes(` id="${id}"`))).toEqual([]);
});

it('finds a section by words of its heading first, and shows no markup that somebody typed', async () => {
  const { body } = await get(`search?q=${encodeURIComponent('backup RESTORE')}`);
  const [, first = ''] =
    /<ul class="found"><li class="hit"><a class="hit-title" href="([^"]+)"/.exec(body) ?? [];
  expect(first).toMatch(/^\/docs\/docs\/(?:guides\/operations|start\/questions)\.md#/);
  expect(body).toContain('<mark>');
  expect((await get('search?q=no-such-word-anywhere')).body).toContain('No page has all these words.');
  expect((await get(`search?q=${encodeURIComponent('<b>(')}`)).body).not.toContain('<b>(');
  expect((await get('search')).body).not.toContain('role="status"');
});
