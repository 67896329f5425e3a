/** Opens the PostgreSQL pool of a service and runs transactions on it. */
import { definedOnly } from '@gatehouse/contracts/values';
import pg from 'pg';
import { Secret } from '../crypto/secret.ts';
import type { Logger } from '../observability/logging/logger.ts';

export interface PostgresConfig {
  url: Secret | undefined;
  host: string;
  port: number;
  database: string;
  username: string;
  password: Secret | undefined;
  ssl: 'off' | 'require' | 'verify';
  poolSize: number;
  poolCheckoutTimeoutMs: number;
  statementTimeoutMs: number;
}

export interface PoolOptions {
  /** The service's own schema; unqualified names resolve there and nowhere else. */
  schema: string;
  applicationName: string;
  log: Logger;
}

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;
/** Runs a query: the pool, or the client of a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

/**
 * Settings of each session. A machine that dies, or is cut off, says no goodbye: PostgreSQL would keep its transactions, and their locks, for
 * two hours. The server asks after 15 s and gives up after 30. On a Unix socket, where no machine can be lost, it ignores them.
 */
export const noticesDeadClients =
  '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=30000';

export function createPool(config: PostgresConfig, options: PoolOptions): Pool {
  const pool = new pg.Pool({
    ...connectionOptions(config),
    application_name: options.applicationName,
    options: `-c search_path=${options.schema} ${noticesDeadClients}`,
    max: config.poolSize,
    connectionTimeoutMillis: config.poolCheckoutTimeoutMs,
    statement_timeout: config.statementTimeoutMs,
    // Ends the wait for a server that is gone without closing the connection.
    query_timeout: config.statementTimeoutMs + 1000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  // An idle connection that breaks must not end the process; the next query opens another.
  pool.on('error', (error) => options.log.warn({ err: error }, 'an idle PostgreSQL connection broke'));
  // Nor must one that breaks in a transaction: its queries fail, and the pool listens only to connections that are idle.
  pool.on('connect', (client) =>
    client.on('error', (error) => options.log.debug({ err: error }, 'a PostgreSQL connection broke in use')),
  );
  return pool;
}

/** The same database, role and password at another server. */
export function atAddress(config: PostgresConfig, host: string, port: number): PostgresConfig {
  if (!config.url) return { ...config, host, port };
  const url = new URL(config.url.reveal());
  // The driver prefers them to what stands before the path.
  for (const parameter of ['host', 'port']) url.searchParams.delete(parameter);
  url.hostname = host;
  url.port = String(port);
  return { ...config, url: new Secret(url.href) };
}

export function connectionOptions(config: PostgresConfig): pg.ClientConfig {
  const tls = config.ssl === 'off' ? false : { rejectUnauthorized: config.ssl === 'verify' };
  if (config.url) return definedOnly({ connectionString: config.url.reveal(), ssl: tls || undefined });
  return {
    host: config.host,
    port: config.port,
    database: config.database,
    user: config.username,
    ...definedOnly({ password: config.password?.reveal() }),
    ssl: tls,
  };
}

/** Commits when the work resolves, rolls back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    return await inTransactionOf(
      client,
      () => work(client),
      (error) => {
        broken = error;
      },
    );
  } finally {
    client.release(broken);
  }
}

/** Runs a transaction on a connection that the caller holds; `onBroken` is called when it cannot be rolled back. */
export async function inTransactionOf<T>(
  client: PoolClient,
  work: () => Promise<T>,
  onBroken: (error: Error) => void = () => undefined,
): Promise<T> {
  try {
    await client.query('BEGIN');
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(onBroken);
    if (isOfStandby(error)) onBroken(error as Error);
    throw error;
  }
}

/** 25006: the server is a standby, or the way leads to one. Another connection may reach the primary. */
export function isOfStandby(error: unknown): boolean {
  return (error as { code?: string }).code === '25006';
}

/** Answers in one round trip, for readiness. */
export async function pingPostgres(pool: Queryable): Promise<void> {
  await pool.query('SELECT 1');
}
