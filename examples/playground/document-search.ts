/** Finds sections of the documentation by their words, and shows them as a page. */
import { type Html, html } from './pages/html.ts';
import type { Page } from './pages/layout.ts';

const maxFound = 40;
const snippetLength = 220;

interface Section {
  path: string;
  page: string;
  heading: string;
  id: string;
  text: string;
}

/** The identifier of a heading, as repositories are shown elsewhere, so that links to it find it. */
export const headingId = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

function sectionsOf(path: string, markdown: string): Section[] {
  const page = /^# (.+)$/m.exec(markdown)?.[1] ?? path;
  return markdown.split(/^(?=#{1,4} )/m).map((part) => {
    const [, heading = page] = /^#{1,4} (.+)$/m.exec(part) ?? [];
    return { path, page, heading, id: headingId(heading), text: plain(part.replace(/^#.*$/m, '')) };
  });
}

/** Without the signs of Markdown that would stand in the way of reading. */
const plain = (markdown: string) =>
  markdown
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*|]|^[-:| ]+$/gm, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** All words must occur. A heading weighs more than a text, and the pages of operators more than those about the code. */
function find(documents: readonly (readonly [string, string])[], words: readonly string[]): Section[] {
  const weightOf = ({ heading, page, path }: Section) => {
    const isIn = (text: string) => words.filter((word) => text.toLowerCase().includes(word)).length;
    return isIn(heading) * 4 + isIn(page) * 2 - (path.startsWith('docs/contributing/') ? 3 : 0);
  };
  return documents
    .flatMap(([path, markdown]) => sectionsOf(path, markdown))
    .filter(({ page, heading, text }) => {
      const all = `${page} ${heading} ${text}`.toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .map((section) => ({ section, weight: weightOf(section) }))
    .sort((one, other) => other.weight - one.weight)
    .slice(0, maxFound)
    .map(({ section }) => section);
}

const escaped = (word: string) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function snippetOf(text: string, words: readonly string[]): Html {
  const at = Math.max(
    0,
    Math.min(...words.map((word) => text.toLowerCase().indexOf(word)).filter((one) => one >= 0)),
  );
  const from = Number.isFinite(at) ? Math.max(0, at - 60) : 0;
  const shown = `${from > 0 ? '… ' : ''}${text.slice(from, from + snippetLength)}${text.length > from + snippetLength ? ' …' : ''}`;
  const pattern = new RegExp(`(${words.map(escaped).join('|')})`, 'gi');
  return html`${shown.split(pattern).map((part, index) => (index % 2 === 1 ? html`<mark>${part}</mark>` : part))}`;
}

export const searchForm = (
  asked = '',
): Html => html`<form class="document-search" action="/docs/search" role="search">
<input type="search" name="q" value="${asked}" aria-label="Search the documentation" placeholder="Search" maxlength="100">
<button class="button quiet">Search</button>
</form>`;

/** `documents`: path and Markdown of each page. */
export function searchPage(asked: string, documents: readonly (readonly [string, string])[]): Page {
  const words = asked
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = words.length === 0 ? [] : find(documents, words);
  return {
    title: 'Search the documentation',
    body: html`<article class="document">
<p class="soft"><a href="/docs/README.md">Documentation</a></p>
<h1>Search the documentation</h1>
${searchForm(asked)}
${words.length > 0 && html`<p role="status">${found.length === 0 ? 'No page has all these words.' : `${found.length}${found.length === maxFound ? ' or more' : ''} sections have these words.`}</p>`}
<ul class="found">${found.map(
      ({ path, page, heading, id, text }) =>
        html`<li class="hit"><a class="hit-title" href="/docs/${path}#${id}">${heading === page ? page : html`${page}: ${heading}`}</a><span class="soft">${path}</span><p>${snippetOf(text, words)}</p></li>`,
    )}</ul>
</article>`,
  };
}
