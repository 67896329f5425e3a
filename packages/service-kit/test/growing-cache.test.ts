import { expect, test } from 'vitest';
import { createGrowingCache } from '../src/cache/growing-cache.ts';

test('beyond its bound the least recently used entry is forgotten', () => {
  const cache = createGrowingCache<number>(3);
  for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index);
  cache.get('a');
  cache.set('d', 3);
  expect([...cache.keys()].toSorted()).toEqual(['a', 'c', 'd']);
});

test('a deleted entry makes room for another', () => {
  const cache = createGrowingCache<number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.delete('a');
  cache.set('c', 3);
  expect([...cache.keys()].toSorted()).toEqual(['b', 'c']);
});

test('its bound holds through a hundred times as many keys', () => {
  const cache = createGrowingCache<number>(1000);
  for (let key = 0; key < 100_000; key += 1) cache.set(String(key), key);
  expect(cache.size).toBe(1000);
  expect(cache.get('99999')).toBe(99_999);
});
