import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serialize } from 'node:v8';
import { expect, onTestFinished, test } from 'vitest';
import { readStatements, statementsVariable } from '../statement.ts';

const record = new URL('../record.ts', import.meta.url).href;
const tools = fileURLToPath(new URL('../../package.json', import.meta.url));

test('a statement is kept once for each pattern of values that are given, however late it comes, but none that has no plan', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-record-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  // Statements are noted for lines of the sources of a service.
  const sources = join(folder, 'services/example/src');
  await mkdir(sources, { recursive: true });
  const program = join(sources, 'store.ts');
  await writeFile(
    program,
    `import { createRequire } from 'node:module';
    const pg = createRequire(${JSON.stringify(tools)})('pg');
    const client = new pg.Client();
    for (const value of ['a\\0', 'a', 'b', 'c', 'd', null, 'e'])
      client.query('SELECT $1', [value], () => undefined);
    `,
  );
  const file = join(folder, 'statements');
  const env = { ...process.env, NODE_OPTIONS: `--import=${record}`, [statementsVariable]: file };
  await promisify(execFile)(process.execPath, [program], { env });

  const kept = readStatements(file);
  expect(kept.map(({ at, text }) => `${at} ${text}`)).toEqual(
    Array(2).fill('services/example/src/store.ts:5 SELECT $1'),
  );
  expect(kept.map(({ values }) => values)).toEqual([['a'], [null]]);
});

test('what small services of the suites send is looked at with our tables, where these are alike', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-record-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'statements');
  const texts = [
    'SELECT seal FROM shop.audit_days',
    'SELECT action FROM shop.events',
    'DELETE FROM sample.changes',
  ];
  const statements = texts.map((text) => ({ at: 'a.ts:1', text, values: [], isNamed: false }));
  await writeFile(file, statements.map((one) => serialize(one).toString('base64')).join('\n'));

  expect(readStatements(file).map(({ text }) => text)).toEqual([
    'SELECT seal FROM environment.audit_days',
    'DELETE FROM environment.changes',
  ]);
});
