/** Writes docs/reference/standards.md from docs/reference/standards.yaml; a test finds rows that name what does not exist. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { markdownTable } from '../markdown-table.ts';
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

const source = 'docs/reference/standards.yaml';

export async function standardsPage(root: string): Promise<string> {
  const sections = Object.entries(readTables(root)).map(([title, rows]) => `## ${title}\n\n${tableOf(rows)}`);
  return introduction + sections.join('\n') + explanations;
}

/** One sentence for each row that names a test or a setting that does not exist, or leaves one out. */
export function standardsProblems(root: string): string[] {
  const names = knownNames(root);
  return Object.values(readTables(root)).flatMap((rows) =>
    rows.flatMap((row) => problemsOf(row, root, names)),
  );
}

/** The fields of the discovery document that the rows explain. */
export function explainedMetadata(root: string): string[] {
  return Object.values(readTables(root)).flatMap((rows) => rows.flatMap(({ metadata }) => metadata));
}

function readTables(root: string): Record<string, Row[]> {
  return z.record(z.string(), z.array(rowSchema)).parse(parse(readFileSync(join(root, source), 'utf8')));
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ spec, url, section, title, what, state, setting = '', test }) => {
    const number = /^RFC (\d+)$/.exec(spec)?.[1];
    const address = url ?? (number && `https://www.rfc-editor.org/rfc/rfc${number}`);
    const proof = test === undefined ? '' : `[${test.split('/').at(-1)}](../../${test})`;
    const name = address === undefined ? spec : `[${spec}](${address})`;
    return [name, section ?? '', title, state, what, setting, proof];
  });
  const head = ['specification', 'section', '', 'state', 'what Gatehouse does', 'setting', 'test'];
  return `${markdownTable(head, lines)}\n`;
}

/** Every name of a setting or of a field of the APIs. */
function knownNames(root: string): string {
  const services = ['auth-api', 'environment-api'].map((service) => `services/${service}/openapi.json`);
  return ['docs/reference/configuration.md', ...services]
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n');
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
