/** Writes the table of docs/explain/interoperability.md from what the suites have recorded. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ForeignSoftwareRun, foreignSoftwareFolder } from '@gatehouse/testing/foreign-software';
import { markdownTable } from '../markdown-table.ts';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/explain/interoperability.md');
const head = ['software', 'version', 'what Gatehouse does with it', 'suite', 'day'];
const renewedAfterMs = 30 * 86_400_000;

const keyOf = ({ name, suite }: ForeignSoftwareRun) => `${name} ${suite}`;

/** Takes over the recorded runs. Rows whose suite is gone are left out. */
export function writeInteroperability(): void {
  if (!existsSync(foreignSoftwareFolder)) return;
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf('| software |');
  const rows = new Map(rowsOf(text.slice(start)).map((row) => [keyOf(row), row]));
  for (const file of readdirSync(foreignSoftwareFolder)) {
    const run = JSON.parse(readFileSync(join(foreignSoftwareFolder, file), 'utf8')) as ForeignSoftwareRun;
    if (isNews(run, rows.get(keyOf(run)))) rows.set(keyOf(run), run);
  }
  const kept = [...rows.values()].filter(({ suite }) => existsSync(join(root, suite)));
  const cells = kept
    .sort((one, other) => (keyOf(one).toLowerCase() < keyOf(other).toLowerCase() ? -1 : 1))
    .map(({ name, version, does, suite, day }) => [name, version, does, linkTo(suite), day]);
  writeFileSync(page, `${text.slice(0, start)}${markdownTable(head, cells)}\n`);
}

function isNews(run: ForeignSoftwareRun, row: ForeignSoftwareRun | undefined): boolean {
  if (row === undefined || row.version !== run.version || row.does !== run.does) return true;
  return Date.parse(run.day) - Date.parse(row.day) > renewedAfterMs;
}

function rowsOf(table: string): ForeignSoftwareRun[] {
  return [...table.matchAll(/^\| (.+) \| (.+) \| (.+) \| \[.+\]\(\.\.\/\.\.\/(.+)\) \| (.+) \|$/gm)].map(
    ([, name = '', version = '', does = '', suite = '', day = '']) => ({ name, version, does, suite, day }),
  );
}

const linkTo = (suite: string) => `[${suite.split('/').at(-1)}](../../${suite})`;
