/** Writes the sections of docs/guides/runbooks.md as a part of a page of the console, which shows them where no documentation is at hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  return sections
    .map((section) => {
      const [title = ''] = section.split('\n', 1);
      const body = markdown.parse(`## ${section}`, { async: false }).trim();
      return `<section class="runbook" id="${anchorOf(title)}">\n${body}\n</section>\n`;
    })
    .join('');
}

/** As repositories are shown elsewhere, so that the links of alerts find it too. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
