/** Names what others may use of logs and metrics. */
export { createLogger, type Logger } from './logging/logger.ts';
export { createMetrics, type Metrics } from './metrics/registry.ts';
