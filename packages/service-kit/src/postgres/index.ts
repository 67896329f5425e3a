/** Names what others may use of PostgreSQL. */
export { holdAdvisoryLock, withAdvisoryLock } from './advisory-lock.ts';
export { archiveProbe } from './archive-probe.ts';
export { type Bind, binderOf } from './binder.ts';
/** @public The compiler names it in types that it infers. */
export type { WaitingDeletion } from './bounded-deletion.ts';
export { createBoundedDeletion, createDeletionBounds, type DeletionBounds } from './bounded-deletion.ts';
export { countLimit, countRows } from './count-rows.ts';
export { createDeletedRetention } from './deleted-retention.ts';
export { isoTime } from './iso-time.ts';
export { createLastUses, type LastUses } from './last-uses.ts';
export { migrate } from './migrate.ts';
export { assertMigrated } from './migrations.ts';
export {
  atAddress,
  createPool,
  inTransaction,
  inTransactionOf,
  isOfStandby,
  type Pool,
  type PoolClient,
  type PoolOptions,
  type PostgresConfig,
  pingPostgres,
  type Queryable,
} from './pool.ts';
export { postgresProbe } from './probe.ts';
export { holdsText } from './text-search.ts';
