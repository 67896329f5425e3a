/** Writes docs/standards.md from docs/standards.yaml, and refuses rows that name what does not exist. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { explanations, introduction } from './standards-text.ts';

const rowSchema = z.strictObject({
  spec: z.string(),
  url: z.url().optional(),
  section: z.string().optional(),
  title: z.string(),
  what: z.string(),
  state: z.enum(['supported', 'off', 'no']),
  setting: z.string().optional(),
  test: z.string().optional(),
  metadata: z.array(z.string()).default([]),
});

type Row = z.infer<typeof rowSchema>;

const source = 'docs/standards.yaml';

export async function standardsPage(root: string): Promise<string> {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const tables = z.record(z.string(), z.array(rowSchema)).parse(parse(read(source)));
  const rows = Object.values(tables).flat();
  const names = knownNames(read);
  const problems = rows.flatMap((row) => problemsOf(row, root, names));
  if (problems.length > 0) throw new Error(`${source}:\n${problems.join('\n')}`);
  const sections = Object.entries(tables).map(([title, some]) => `## ${title}\n\n${tableOf(some)}`);
  return introduction + sections.join('\n') + explanations;
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ spec, url, section, title, what, state, setting = '', test }) => {
    const number = /^RFC (\d+)$/.exec(spec)?.[1];
    const address = url ?? (number && `https://www.rfc-editor.org/rfc/rfc${number}`);
    const proof = test === undefined ? '' : `[${test.split('/').at(-1)}](../${test})`;
    const name = address === undefined ? spec : `[${spec}](${address})`;
    const cells = [name, section ?? '', title, state, what, setting, proof];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  });
  return `| specification | section | | state | what Gatehouse does | setting | test |\n| --- | --- | --- | --- | --- | --- | --- |\n${lines.join('')}`;
}

/** Every name of a setting or of a field of the APIs. */
function knownNames(read: (path: string) => string): string {
  const documents = ['auth-api', 'environment-api'].map((service) =>
    read(`services/${service}/openapi.json`),
  );
  return [read('docs/configuration.md'), ...documents].join('\n');
}

function problemsOf({ spec, title, state, setting = '', test }: Row, root: string, names: string): string[] {
  const row = `${spec}, ${title}`;
  const problems: string[] = [];
  if (state !== 'no' && test === undefined) problems.push(`${row}: names no test`);
  if (state === 'off' && setting === '') problems.push(`${row}: names no setting that switches it on`);
  if (test !== undefined && !existsSync(join(root, test))) problems.push(`${row}: there is no ${test}`);
  for (const [, name = ''] of setting.matchAll(/`([^`]+)`/g))
    if (!names.includes(`"${name}"`) && !names.includes(`\`${name}\``))
      problems.push(`${row}: there is no setting ${name}`);
  return problems;
}
