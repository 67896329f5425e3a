/** Creates bounded caches that allocate memory as they fill. */
import { LRUCache } from 'lru-cache';

/**
 * Forgets the least recently used entry beyond `maxEntries`. The library's `max` allocates every slot at once, which costs
 * a service 20 bytes for each entry that never comes; a `maxSize` in which each entry counts one does not.
 */
export function createGrowingCache<V extends {}>(maxEntries: number): LRUCache<string, V> {
  return new LRUCache<string, V>({ maxSize: maxEntries, sizeCalculation: () => 1 });
}
