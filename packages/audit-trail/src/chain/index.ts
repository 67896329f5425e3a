/** Names what others may use of the trail and its chain. */
export { removeBatch } from './retention.ts';
export type { AuditTrail, ChainedEvent, TrailEvent } from './trail.ts';
