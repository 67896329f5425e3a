/** Names what others may use of caches. */
export { createGrowingCache } from './growing-cache.ts';
