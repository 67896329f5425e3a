/** Asks about each of many things, a few at once, so that nobody else waits for it. */

const atOnce = 4;

/** In the order of the things. */
export async function someAtOnce<T, Result>(
  all: readonly T[],
  act: (one: T) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < all.length; start += atOnce)
    results.push(...(await Promise.all(all.slice(start, start + atOnce).map(act))));
  return results;
}
