/** Refuses a migration on which a replica of the previous release would break, unless the file declares itself a contract step. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'libpg-query';
import { sourceFiles } from '../../source-files.ts';
import { breaksOf, createdBy, type Tree } from './breaking-statements.ts';

/** Older files were released before there was this rule. */
const judgedAfter = 20_261_127_150_000;

const migrationPath = /^services\/[^/]+\/migrations\/(\d+)_[^/]+\.sql$/;
const contractLine = /^-- contract: nothing since (\d+\.\d+\.\d+) uses (.+)$/;

interface Contract {
  release: string;
  names: string[];
}

/** `path:line sentence` for each place. */
export async function breakingMigrations(root: string): Promise<string[]> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const findings: string[] = [];
  for (const path of sourceFiles(root, migrationPath)) {
    if (Number(migrationPath.exec(path)?.[1]) <= judgedAfter) continue;
    const text = readFileSync(join(root, path), 'utf8');
    for (const { line, sentence } of await judge(text, version)) findings.push(`${path}:${line} ${sentence}`);
  }
  return findings;
}

async function judge(text: string, version: string): Promise<{ line: number; sentence: string }[]> {
  const contract = contractOf(text);
  const findings: { line: number; sentence: string }[] = [];
  if (contract && !isOlder(contract.release, version))
    findings.push({
      line: 1,
      sentence: `names the release ${contract.release}, which is not older than this version ${version}: replicas of the release before it may still run`,
    });
  const statements = await statementsOf(upPartOf(text));
  if (typeof statements === 'string') return [{ line: 1, sentence: `is no SQL: ${statements}` }];
  const created = new Set<string>();
  for (const { tree, source, line } of statements) {
    for (const { does, name, harm } of breaksOf(tree, (name) => created.has(name))) {
      if (name !== undefined && contract?.names.includes(name)) continue;
      const remedy =
        name === undefined
          ? ''
          : `. Expand first and contract a release later: the first line of that file is "-- contract: nothing since <release> uses ${name}"`;
      findings.push({
        line: line + linesBefore(source, name),
        sentence: `${[does, name].filter(Boolean).join(' ')}: ${harm}${remedy}`,
      });
    }
    // Only now: a table that is dropped or renamed before it is created was in use.
    const name = createdBy(tree);
    if (name !== undefined) created.add(name);
  }
  return findings;
}

/** The part that node-pg-migrate runs: either part may come first, and a file without the mark of the first part runs whole. */
function upPartOf(text: string): string {
  const startOf = (part: string) => text.search(new RegExp(`^\\s*--[\\s-]*${part}\\s+migration`, 'im'));
  const [up, down] = [startOf('up'), startOf('down')];
  if (up < 0 || down < 0) return text;
  // The lines before it are counted.
  return down < up ? text.slice(0, up).replace(/[^\n]/g, '') + text.slice(up) : text.slice(0, down);
}

function contractOf(text: string): Contract | undefined {
  const [, release, names = ''] = contractLine.exec(text.split('\n', 1)[0] ?? '') ?? [];
  return release === undefined ? undefined : { release, names: names.trim().split(/[,\s]+/) };
}

/** The statements with their first lines, or what PostgreSQL's parser says against them. */
async function statementsOf(sql: string): Promise<{ tree: Tree; source: string; line: number }[] | string> {
  const bytes = Buffer.from(sql);
  try {
    const { stmts = [] } = await parse(sql);
    return stmts.map(({ stmt = {}, stmt_location: from = 0, stmt_len: length }) => {
      const raw = bytes.subarray(from, length === undefined ? undefined : from + length).toString('utf8');
      // The statement begins behind the comments above it.
      const source = raw.replace(/^(?:\s|--[^\n]*\n)+/, '');
      const before = bytes.subarray(0, from).toString('utf8') + raw.slice(0, raw.length - source.length);
      return { tree: stmt as Tree, source, line: before.split('\n').length };
    });
  } catch (error) {
    return (error as Error).message;
  }
}

/** How many lines of the statement precede the part that is named. */
function linesBefore(source: string, name: string | undefined): number {
  const word = name?.split('.').at(-1) ?? '';
  const at = source.search(new RegExp(`\\b${word.replace(/\W/g, '.')}\\b`));
  return at < 0 || word === '' ? 0 : source.slice(0, at).split('\n').length - 1;
}

function isOlder(release: string, version: string): boolean {
  return release.localeCompare(version, 'en', { numeric: true }) < 0;
}
