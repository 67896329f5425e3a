/** Reads docs/guides/runbooks.md, so that a step runs what an operator reads there and nothing else. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from '../places.ts';

const page = readFileSync(path.join(repository, 'docs/guides/runbooks.md'), 'utf8');

/** In the order of the page. */
export const titles: readonly string[] = [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title);

/**
 * The command as it is typed: every name in angle brackets replaced.
 * @throws Error where the section does not print it
 */
export function printedCommand(title: string, command: string, fill: Record<string, string> = {}): string {
  const [, text = ''] = page.split(`\n## ${title}\n`);
  const [section = ''] = text.split('\n## ');
  // Lines of the page are broken anywhere.
  if (!section.replaceAll(/\s+/g, ' ').includes(`\`${command}\``))
    throw new Error(`"${title}" does not print \`${command}\``);
  return command.replaceAll(/<[^>]+>/g, (name) => {
    const value = fill[name];
    if (value === undefined) throw new Error(`nothing is given for ${name} of \`${command}\``);
    return value;
  });
}
