/** Compares two states of a thing field by field, for an audit trail. */
import { isDeepStrictEqual } from 'node:util';
import { definedOnly } from '@gatehouse/contracts/values';

/** Per field the value before and after; absent: there was or is none. */
export type FieldChanges = Record<string, { from?: unknown; to?: unknown }>;

/** Replaces a secret. */
export const hiddenValue = '[secret]';

type Fields = Readonly<Record<string, unknown>>;

/** Returns the fields that differ. `undefined` on one side: the thing was created or deleted. */
export function diff(before: Fields | undefined, after: Fields | undefined): FieldChanges {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const changes: FieldChanges = {};
  for (const name of names) {
    const from = before?.[name];
    const to = after?.[name];
    if (isDeepStrictEqual(from, to)) continue;
    changes[name] = definedOnly({ from, to });
  }
  return changes;
}
