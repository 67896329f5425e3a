/** Checks version, role, connections and migrations of PostgreSQL for the diagnosis. */
import { type Probe, type Verdict, worst } from '../health/diagnosis.ts';
import { compareMigrations } from './migrations.ts';
import type { Queryable } from './pool.ts';

export interface PostgresProbeOptions {
  db: Queryable;
  schema: string;
  /** Of the service; see migrate.ts. */
  migrationsFolder: URL;
}

interface Facts {
  version: string;
  username: string;
  is_superuser: boolean;
  is_read_only: boolean;
  connections: number;
  max_connections: number;
}

const minMajor = 14;
const busyShare = 0.9;

export function postgresProbe({ db, schema, migrationsFolder }: PostgresProbeOptions): Probe {
  return {
    name: 'PostgreSQL',
    async run() {
      const { rows } = await db.query<Facts>(`SELECT current_setting('server_version') AS version,
        current_user::text AS username, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
        pg_is_in_recovery() AS is_read_only,
        (SELECT count(*)::int FROM pg_stat_activity) AS connections,
        current_setting('max_connections')::int AS max_connections`);
      const facts = rows[0];
      if (!facts) throw new Error('a SELECT without FROM gave no row');
      const verdicts = [...verdictsOf(facts), await migrationVerdict(db, schema, migrationsFolder)];
      return worst(verdicts, `Version ${facts.version}, schema ${schema} is up to date.`);
    },
  };
}

function verdictsOf(facts: Facts): Verdict[] {
  const warnings: string[] = [];
  const { version, username, connections, max_connections: maxConnections } = facts;
  if (Number.parseInt(version, 10) < minMajor)
    warnings.push(`Version ${version} is older than ${minMajor}, the oldest that is tested.`);
  if (facts.is_superuser)
    warnings.push(`The account ${username} is a superuser: give the service a role of its own.`);
  if (facts.is_read_only)
    warnings.push('The server is a standby: it can be read, writes are refused until it is promoted.');
  if (connections > maxConnections * busyShare)
    warnings.push(
      `${connections} of ${maxConnections} connections are taken: raise max_connections or lower the pools.`,
    );
  return warnings.map((message) => ({ status: 'warning', message }));
}

async function migrationVerdict(db: Queryable, schema: string, folder: URL): Promise<Verdict> {
  const { lack, unknown } = await compareMigrations(db, schema, folder);
  if (lack !== undefined) return { status: 'failed', message: lack };
  if (unknown.length > 0)
    return {
      status: 'warning',
      message: `The schema ${schema} is newer than this version by ${unknown.length} migrations.`,
    };
  return { status: 'ok', message: '' };
}
