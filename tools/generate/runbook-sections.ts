/** Writes the sections of docs/guides/runbooks.md as a part of a page of the console, which shows them where no documentation is at hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbooks } from '@gatehouse/contracts/answers';
import { Marked } from 'marked';

const markdown = new Marked({
  renderer: {
    heading({ tokens }) {
      return `<h2>${this.parser.parseInline(tokens)}</h2>\n`;
    },
    // The other pages of the documentation are not there.
    link({ tokens }) {
      return this.parser.parseInline(tokens);
    },
  },
});

export async function runbookSections(root: string): Promise<string> {
  const [, ...sections] = readFileSync(join(root, 'docs/guides/runbooks.md'), 'utf8').split(/^## /m);
  return [contentsOf(sections), ...sections.map(sectionOf)].join('');
}

function sectionOf(section: string): string {
  const [title = '', ...lines] = section.split('\n');
  const anchor = anchorOf(title);
  const isListed = isListedAt(anchor);
  const body = markdown.parse(isListed ? lines.join('\n') : `## ${section}`, { async: false }).trim();
  const parts = [...(isListed ? [leadOf(anchor)] : []), `<div lang="en" dir="ltr">\n${body}\n</div>`];
  return `<section class="runbook" id="${anchor}">\n${parts.join('\n')}\n</section>\n`;
}

const isListedAt = (anchor: string) => (runbooks as readonly string[]).includes(anchor);

/** Links to all sections: the page is long. */
function contentsOf(sections: readonly string[]): string {
  const items = sections.map((section) => {
    const title = section.split('\n', 1)[0] ?? '';
    const anchor = anchorOf(title);
    const [language, words] = isListedAt(anchor)
      ? ['', `<%= it.text('console.runbook.${anchor}') %>`]
      : [' lang="en"', markdown.parseInline(title, { async: false })];
    return `<li><a href="#${anchor}"${language}>${words}</a></li>`;
  });
  return `<ul class="contents">\n${items.join('\n')}\n</ul>\n`;
}

/** The meaning of the problem and the first step, in the reader's language: problems of the first page lead here. */
function leadOf(anchor: string): string {
  const key = `console.runbook.${anchor}`;
  return `<h2><%= it.text('${key}') %></h2>\n<p><%= it.text('console.runbooks.first.${anchor}') %></p>`;
}

/** As repositories are shown elsewhere, so that the links of alerts find it too. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
