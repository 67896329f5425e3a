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
  const texts: Record<string, string> = JSON.parse(
    readFileSync(join(root, 'services/auth-ui/src/texts/en.json'), 'utf8'),
  );
  const runbooks = sections.map((section) => {
    const [title = '', ...lines] = section.split('\n');
    return { anchor: anchorOf(title), lines };
  });
  for (const { anchor } of runbooks) {
    const missing = keysOf(anchor).filter((key) => texts[key] === undefined);
    if (missing.length > 0)
      throw new Error(
        `docs/guides/runbooks.md has the section ${anchor}: add ${missing.join(' and ')} to the texts`,
      );
  }
  return [contentsOf(runbooks), ...runbooks.map(sectionOf)].join('');
}

interface Runbook {
  anchor: string;
  lines: readonly string[];
}

/** The title in the reader's language, and the meaning of the problem with the first step. */
const keysOf = (anchor: string) => [`console.runbook.${anchor}`, `console.runbooks.first.${anchor}`] as const;

const textOf = (key: string) => `<%= it.text('${key}') %>`;

function sectionOf({ anchor, lines }: Runbook): string {
  const [title, first] = keysOf(anchor);
  const body = markdown.parse(lines.join('\n'), { async: false }).trim();
  return `<section class="runbook" id="${anchor}">\n<h2>${textOf(title)}</h2>\n<p>${textOf(first)}</p>\n<div lang="en" dir="ltr">\n${body}\n</div>\n</section>\n`;
}

/** Links to all sections: the page is long. */
function contentsOf(runbooks: readonly Runbook[]): string {
  const items = runbooks.map(
    ({ anchor }) => `<li><a href="#${anchor}">${textOf(keysOf(anchor)[0])}</a></li>`,
  );
  return `<ul class="contents">\n${items.join('\n')}\n</ul>\n`;
}

/** As repositories are shown elsewhere, so that the links of alerts find it too. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
