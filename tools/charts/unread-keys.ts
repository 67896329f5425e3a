/**
 * Finds the keys that a compiled schema has no rule for. Such a schema reads every property it knows and passes over
 * the rest in silence, so a key that was not read after a successful check is unknown.
 */

export interface Watched<T> {
  watched: T;
  /** Paths of the keys that were never read, such as `spec.replica`. */
  unread(): string[];
}

export function watchReads<T extends object>(root: T): Watched<T> {
  const reads = new Map<object, Set<PropertyKey>>();
  const proxies = new WeakMap<object, object>();
  const wrap = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const known = proxies.get(value);
    if (known) return known;
    const seen = new Set<PropertyKey>();
    reads.set(value, seen);
    const proxy = new Proxy(value, {
      get(target, key) {
        seen.add(key);
        return wrap(Reflect.get(target, key));
      },
    });
    proxies.set(value, proxy);
    return proxy;
  };
  return { watched: wrap(root) as T, unread: () => listUnread(root, [], reads) };
}

/** An object without a read member is free-form: only the object itself was read. */
function listUnread(
  node: object,
  path: string[],
  reads: ReadonlyMap<object, ReadonlySet<PropertyKey>>,
): string[] {
  const seen = reads.get(node) ?? new Set();
  return Object.entries(node).flatMap(([key, value]) => {
    const here = [...path, key];
    if (!Array.isArray(node) && !seen.has(key)) return [here.join('.')];
    return typeof value === 'object' && value !== null ? listUnread(value, here, reads) : [];
  });
}
