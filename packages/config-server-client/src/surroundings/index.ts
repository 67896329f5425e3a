/** Names what others may use of the clock, the log and the figures of a link. */
export { type Clock, pause, systemClock, type Timer } from './clock.ts';
export { type Logger, SparseWarning, silentLogger } from './log.ts';
export type { ConnectionMetrics } from './metrics.ts';
