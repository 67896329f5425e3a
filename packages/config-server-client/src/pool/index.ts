/** Names what others may use of the pool of links. */
export { createBackendPool, type PooledEnvironment } from './pool.ts';
