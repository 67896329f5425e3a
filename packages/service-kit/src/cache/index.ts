/** Names what others may use of caches. */
export { createGrowingCache } from './growing-cache.ts';
export {
  createRevalidatingCache,
  type Loaded,
  newOwnerState,
  type OwnerState,
} from './revalidating-cache.ts';
