/** Plants migrations in a temporary tree and expects `npm run check` to refuse those on which the previous release would break. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { breakingMigrations } from '../migrations/expand-contract.ts';
import { starsInNamedStatements } from '../migrations/prepared-columns.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-migrations-'));
  execFileSync('git', ['init', '--quiet', root]);
  mkdirSync(join(root, 'services/auth-api/migrations'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "version": "0.2.0" }');
});
afterEach(() => rmSync(root, { recursive: true }));

const place = 'services/auth-api/migrations/20270131120000_planted.sql';

async function refused(up: string, { header = '-- Why.', path = place } = {}): Promise<string[]> {
  const down = 'DROP TABLE auth.things;\nALTER TABLE auth.clients DROP COLUMN note;';
  writeFileSync(join(root, path), `${header}\n\n-- Up Migration\n\n${up}\n\n-- Down Migration\n\n${down}\n`);
  return breakingMigrations(root);
}

it.each([
  ['DROP TABLE auth.things', 'drops the table auth.things'],
  ['DROP TABLE IF EXISTS auth.a, auth.things CASCADE', 'drops the table auth.things'],
  ['drop view auth.things', 'drops the view auth.things'],
  ['DROP INDEX auth.things_by_name', 'drops the index auth.things_by_name'],
  ['DROP FUNCTION auth.things(int)', 'drops the function auth.things'],
  ['ALTER TABLE auth.clients DROP COLUMN note', 'drops the column auth.clients.note'],
  ['ALTER TABLE auth.clients ADD a text, DROP note', 'drops the column auth.clients.note'],
  ['ALTER TABLE auth.clients RENAME COLUMN note TO remark', 'renames the column auth.clients.note'],
  ['ALTER TABLE auth.clients RENAME TO applications', 'renames the table auth.clients'],
  ['ALTER TABLE auth.clients SET SCHEMA other', 'moves to another schema auth.clients'],
  [
    'ALTER TABLE auth.clients ALTER note TYPE varchar(10)',
    'changes the type of the column auth.clients.note',
  ],
  ['ALTER TABLE auth.clients ALTER note SET NOT NULL', 'forbids NULL in the column auth.clients.note'],
  ['ALTER TABLE auth.clients ADD COLUMN note text NOT NULL', 'requires the new column auth.clients.note'],
  ['ALTER TABLE auth.clients ADD COLUMN note int PRIMARY KEY', 'requires the new column auth.clients.note'],
  ['ALTER TABLE auth.clients ALTER note DROP DEFAULT', 'drops the default of the column auth.clients.note'],
  [
    'ALTER TABLE auth.clients DROP CONSTRAINT clients_note_check',
    'drops the constraint auth.clients.clients_note_check',
  ],
  [
    `ALTER TABLE auth.clients ADD CHECK (note <> '') NOT VALID`,
    'adds a constraint to the table auth.clients',
  ],
  ['CREATE UNIQUE INDEX ON auth.clients (note)', 'makes values unique in the table auth.clients'],
  ['ALTER TABLE auth.clients ENABLE ROW LEVEL SECURITY', 'hides rows of the table auth.clients'],
  [`ALTER TYPE auth.state RENAME VALUE 'a' TO 'b'`, 'renames the value a of the type auth.state'],
  ['TRUNCATE auth.clients', 'empties the table auth.clients'],
  ['DELETE FROM auth.clients', 'empties the table auth.clients'],
  ['REVOKE INSERT ON auth.clients FROM somebody', 'revokes rights on auth.clients'],
  [`DO $$ BEGIN EXECUTE 'DROP TABLE auth.clients'; END $$`, 'runs a DO block'],
  ['ALTER TABLE auth.clients OWNER TO somebody', 'changes the owner of auth.clients'],
  [
    'WITH gone AS (DELETE FROM auth.clients RETURNING *) INSERT INTO auth.former SELECT * FROM gone',
    'empties the table auth.clients',
  ],
  ['DELETE FROM auth.clients WHERE 1 = 1', 'empties the table auth.clients'],
  [`UPDATE auth.clients SET note = ''`, 'overwrites every row of the table auth.clients'],
  [`UPDATE auth.clients SET note = '' WHERE NOT false`, 'overwrites every row of the table auth.clients'],
  [
    'CREATE RULE kept AS ON DELETE TO auth.clients DO INSTEAD NOTHING',
    'adds a rule to the table auth.clients',
  ],
  [
    'CREATE TRIGGER refusal BEFORE INSERT ON auth.clients FOR EACH ROW EXECUTE FUNCTION auth.refuse()',
    'adds a trigger to the table auth.clients',
  ],
  [
    'ALTER TABLE auth.clients ALTER note SET DEFAULT NULL',
    'drops the default of the column auth.clients.note',
  ],
  [
    'ALTER TABLE auth.clients ALTER note SET DEFAULT NULL::text',
    'drops the default of the column auth.clients.note',
  ],
  [
    `ALTER TABLE auth.clients ADD COLUMN note text DEFAULT '' UNIQUE`,
    'makes unique the default of the new column auth.clients.note',
  ],
  [
    'ALTER TABLE auth.clients ADD COLUMN note int DEFAULT 1 PRIMARY KEY',
    'makes unique the default of the new column auth.clients.note',
  ],
  ['DROP OWNED BY somebody', 'drops all that a role owns'],
  ['ALTER TABLE auth.clients SET UNLOGGED', 'stops the logging of the table auth.clients'],
  // Tables that the file builds anew were there before.
  ['DROP TABLE auth.clients; CREATE TABLE auth.clients (id int)', 'drops the table auth.clients'],
  [
    'ALTER TABLE auth.clients RENAME TO former; CREATE TABLE auth.clients (id int)',
    'renames the table auth.clients',
  ],
  [
    'CREATE TABLE IF NOT EXISTS auth.clients (id int); ALTER TABLE auth.clients DROP note',
    'drops the column auth.clients.note',
  ],
])('refused: %s', async (statement, does) => {
  const findings = await refused(
    `SELECT 'before; DROP TABLE in a text';\n-- Größe; DROP TABLE x\n${statement};`,
  );
  expect(findings.at(-1)).toMatch(new RegExp(`^${place}:7 ${does.replaceAll('.', '\\.')}: `));
});

it('tells the line of the part, the reason and the way', async () => {
  expect(await refused('ALTER TABLE auth.clients\n  ADD COLUMN remark text,\n  DROP COLUMN note;')).toEqual([
    `${place}:7 drops the column auth.clients.note: a replica of the previous release may still use it. Expand first and contract a release later: the first line of that file is "-- contract: nothing since <release> uses auth.clients.note"`,
  ]);
});

it.each([
  'CREATE TABLE auth.things (id int PRIMARY KEY, note text NOT NULL)',
  // Nobody of the previous release knows it.
  'CREATE TABLE auth.things (id int); ALTER TABLE auth.things ALTER id SET NOT NULL; CREATE UNIQUE INDEX ON auth.things (id)',
  'CREATE TABLE auth.things (id int); CREATE TRIGGER t AFTER INSERT ON auth.things EXECUTE FUNCTION auth.f(); UPDATE auth.things SET id = 1',
  'ALTER TABLE auth.clients ADD COLUMN note text',
  'ALTER TABLE auth.clients ADD COLUMN note text UNIQUE',
  'ALTER TABLE auth.clients ADD COLUMN note bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  `ALTER TABLE auth.clients ADD COLUMN note text NOT NULL DEFAULT ''`,
  'ALTER TABLE auth.clients ALTER note DROP NOT NULL',
  'ALTER TABLE auth.clients ALTER note SET DEFAULT 1',
  'CREATE INDEX ON auth.clients (note)',
  `UPDATE auth.clients SET note = 'x' WHERE note IS NULL; DELETE FROM auth.clients WHERE note = 'x'`,
  `ALTER TYPE auth.state ADD VALUE 'c'`,
  'GRANT SELECT ON auth.clients TO somebody',
])('accepted: %s', async (statement) => {
  expect(await refused(`${statement};`)).toEqual([]);
});

it.each([
  ['before the other one', '-- Down Migration\n\nSELECT 1;\n\n-- Up Migration\n\nDROP TABLE auth.things;', 7],
  ['without its mark, which runs the file whole', '-- Down Migration\n\nDROP TABLE auth.things;', 3],
])('the part that runs is judged where it stands: %s', async (_name, text, line) => {
  writeFileSync(join(root, place), text);
  expect(await breakingMigrations(root)).toEqual([
    expect.stringContaining(`${place}:${line} drops the table auth.things: `),
  ]);
});

it('a contract step names what it takes away and a release that is older than this version', async () => {
  const up = 'ALTER TABLE auth.clients DROP COLUMN note;\nDROP TABLE auth.things;';
  const contract = (release: string, names: string) => ({
    header: `-- contract: nothing since ${release} uses ${names}`,
  });
  expect(await refused(up, contract('0.1.0', 'auth.clients.note, auth.things'))).toEqual([]);
  expect(await refused(up, contract('0.1.0', 'auth.clients.note'))).toEqual([
    expect.stringContaining('drops the table auth.things'),
  ]);
  expect(await refused(up, contract('0.2.0', 'auth.clients.note, auth.things'))).toEqual([
    `${place}:1 names the release 0.2.0, which is not older than this version 0.2.0: replicas of the release before it may still run`,
  ]);
  expect(await refused(up, contract('0.10.0', 'auth.clients.note, auth.things'))).toHaveLength(1);
});

it('files from before the rule are not judged, and what is no SQL is told', async () => {
  const old = 'services/auth-api/migrations/20261127150000_shared-signals.sql';
  expect(await refused('DROP TABLE auth.things;', { path: old })).toEqual([]);
  expect(await refused('ALTER TABEL auth.things;')).toEqual([
    expect.stringMatching(`^${place}:1 is no SQL: .*TABEL`),
  ]);
});

it.each([
  ["name: 'find', text: 'SELECT * FROM auth.things'", 1],
  ["name: 'find',\n    text: `SELECT t.* FROM auth.things t`", 1],
  ["name: 'make', text: 'INSERT INTO auth.things DEFAULT VALUES RETURNING *'", 1],
  ["name: many ? 'find_many' : 'find', text: 'SELECT DISTINCT * FROM auth.things'", 1],
  ["name: 'find', text: 'SELECT a.id, t.* FROM auth.things t'", 1],
  ["text: 'SELECT * FROM auth.things'", 0],
  ["name: 'count', text: 'SELECT count(*) FROM auth.things'", 0],
  ["name: 'given', text: 'SELECT * FROM unnest($1::text[])'", 0],
])('of named statements that keep their plan, those that read * are refused: %s', (statement, found) => {
  mkdirSync(join(root, 'services/auth-api/src'), { recursive: true });
  writeFileSync(join(root, 'services/auth-api/src/store.ts'), `db.query({ ${statement} });`);
  expect(starsInNamedStatements(root)).toHaveLength(found);
});
