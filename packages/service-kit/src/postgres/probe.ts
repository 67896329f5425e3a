/** Checks version, role, connections and migrations of PostgreSQL for the diagnosis. */
import { type Probe, saidAs, type Verdict, worst } from '../health/diagnosis.ts';
import { type Said, say } from '../sentences/say.ts';
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
      const faults = [...faultsOf(facts), ...(await migrationFaults(db, schema, migrationsFolder))];
      return worst(faults, say('probe.postgresql.fine', { version: facts.version, schema }));
    },
  };
}

function faultsOf(facts: Facts): Verdict[] {
  const warnings: Said[] = [];
  const { version, username: account, connections: taken, max_connections: all } = facts;
  if (Number.parseInt(version, 10) < minMajor)
    warnings.push(say('probe.postgresql.old', { version, oldest: minMajor }));
  if (facts.is_superuser) warnings.push(say('probe.postgresql.superuser', { account }));
  if (facts.is_read_only) warnings.push(say('probe.postgresql.standby'));
  if (taken > all * busyShare) warnings.push(say('probe.postgresql.connections', { taken, all }));
  return warnings.map((said) => saidAs('warning', [said]));
}

async function migrationFaults(db: Queryable, schema: string, folder: URL): Promise<Verdict[]> {
  const { lack, unknown } = await compareMigrations(db, schema, folder);
  if (lack !== undefined) return [saidAs('failed', [lack])];
  if (unknown.length === 0) return [];
  return [saidAs('warning', [say('probe.postgresql.newer', { schema, count: unknown.length })])];
}
