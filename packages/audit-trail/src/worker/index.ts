/** Names what others may use of the worker that seals, ships and removes. */
export { type AuditWorker, createAuditWorker } from './audit-worker.ts';
