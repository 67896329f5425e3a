/** Puts the rows of one database into another that is migrated and empty, as `pg_dump` and `pg_restore` do. */
import { sharedServerVariable } from '@gatehouse/testing/postgres';
import pg from 'pg';

/** By the superuser: rows come in the order of their tables, and constraints hold only at the end. */
export async function copyRows(fromUrl: string, toUrl: string, schema: string): Promise<void> {
  const [from, to] = [await connect(fromUrl), await connect(toUrl)];
  try {
    // All tables at one moment.
    await from.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await to.query('BEGIN; SET LOCAL session_replication_role = replica');
    for (const [table, columns] of await columnsOf(from, schema)) {
      const name = `${schema}.${table}`;
      const rows = await from.query(`SELECT coalesce(json_agg(t), '[]')::text AS rows FROM ${name} t`);
      await to.query(`DELETE FROM ${name}`);
      await to.query(
        `INSERT INTO ${name} (${columns}) OVERRIDING SYSTEM VALUE
          SELECT ${columns} FROM json_populate_recordset(NULL::${name}, $1)`,
        [rows.rows[0].rows],
      );
    }
    const sequences = await from.query(
      `SELECT format('%I.%I', schemaname, sequencename) AS name, last_value FROM pg_sequences
        WHERE schemaname = $1 AND last_value IS NOT NULL`,
      [schema],
    );
    for (const { name, last_value: last } of sequences.rows)
      await to.query('SELECT setval($1::regclass, $2)', [name, last]);
    await to.query('COMMIT');
  } finally {
    await Promise.all([from.end(), to.end()]);
  }
}

async function connect(url: string): Promise<pg.Client> {
  const administrator = new URL(process.env[sharedServerVariable] as string);
  administrator.pathname = new URL(url).pathname;
  const client = new pg.Client({ connectionString: administrator.href });
  await client.connect();
  return client;
}

/** Computed columns are not copied. */
async function columnsOf(client: pg.Client, schema: string): Promise<[table: string, columns: string][]> {
  const { rows } = await client.query(
    `SELECT table_name, string_agg(quote_ident(column_name), ', ') AS columns
      FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
      WHERE table_schema = $1 AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
      GROUP BY table_name`,
    [schema],
  );
  return rows.map(({ table_name: table, columns }) => [table, columns]);
}
