/** Defines key-value lists: ordered pairs instead of maps, so that order is kept and no key can reach a prototype. */
import { z } from 'zod';

export type KeyValue = number | string | Uint8Array | KeyValueList;
export type KeyValueList = [key: string, value: KeyValue][];

export const keyValueListSchema: z.ZodType<KeyValueList> = z.lazy(() =>
  z.array(
    z.tuple([
      z.string().max(255),
      z.union([z.number(), z.string(), z.instanceof(Uint8Array), keyValueListSchema]),
    ]),
  ),
);

/** The first value under `key`, or under `section` and `key` of a two-level list. First match wins. */
export function readKeyValue(
  list: KeyValueList | undefined,
  ...path: [string, ...string[]]
): KeyValue | undefined {
  let current: KeyValue | undefined = list;
  for (const key of path) {
    if (!Array.isArray(current)) return undefined;
    current = current.find(([name]) => name === key)?.[1];
  }
  return current;
}
