/** Writes docs/contributing/decisions/README.md: the title and the date of each decision record. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '../markdown-table.ts';

const folder = 'docs/contributing/decisions';

const introduction = `# Decisions

Written by \`npm run generate\` from the records beside this page. Each has date, status, context, decision, alternatives and consequences. A record that
another one replaces is merged into it.

`;

export async function decisionsIndex(root: string): Promise<string> {
  const rows = readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .sort()
    .map((file) => {
      const text = readFileSync(join(root, folder, file), 'utf8');
      const [, title, date] = /^# (.+)\n\n- Date: (\d{4}-\d\d-\d\d)/.exec(text) ?? [];
      if (title === undefined || date === undefined)
        throw new Error(`${folder}/${file} must begin with its title and its date`);
      return [`[${title}](${file})`, date];
    });
  return `${introduction}${markdownTable(['decision', 'date'], rows)}\n`;
}
