import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sourceFiles } from '../../../tools/source-files.ts';
import { boundedTables } from '../known.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

test('every table of both services is filled before plans are looked at, or said to stay small', () => {
  const seeds = textOf('lab/plans/seed.ts');
  // A table that a template fills in any schema counts for both.
  const filled = [...seeds.matchAll(/INSERT INTO \W*(\w+)\W*\.(\w+)/g)].flatMap(([, owner, table]) =>
    (owner === 'schema' ? ['auth', 'environment'] : [owner]).map((schema) => `${schema}.${table}`),
  );
  const changes = sourceFiles(root, /^services\/[^/]+\/migrations\/.*\.sql$/).flatMap((path) => {
    const [up = ''] = textOf(path).split('-- Down Migration');
    return [...up.matchAll(/^(CREATE|DROP) TABLE (\w+\.\w+)/gm)].map(([, action, name = '']) => ({
      action,
      name,
    }));
  });
  const dropped = changes.flatMap(({ action, name }) => (action === 'DROP' ? [name] : []));
  const tables = changes.flatMap(({ name }) => (dropped.includes(name) ? [] : [name]));
  expect(tables.length).toBeGreaterThan(40);
  expect(tables.filter((name) => !filled.includes(name) && !(name in boundedTables))).toEqual([]);
});
