/** Names what tests may use of PostgreSQL servers. */

export {
  createFilledDatabase,
  createTestDatabase,
  sharedServerVariable,
  startPostgres,
  type TestDatabase,
  type TestPostgres,
} from './postgres.ts';
export { findPostgresPrograms, postgresFolderVariable } from './postgres-program.ts';
export { type PostgresServer, startPostgresServer } from './postgres-server.ts';
export { createStandby } from './postgres-standby.ts';
