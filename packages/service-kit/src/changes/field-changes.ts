/** What a change did, field by field, for an audit trail. */
import { isDeepStrictEqual } from 'node:util';

/** Per field what it was and what it is; absent = there was or is none. */
export type FieldChanges = Record<string, { from?: unknown; to?: unknown }>;

/** Stands where a secret was or is. */
export const hiddenValue = '[secret]';

type Fields = Readonly<Record<string, unknown>>;

/** The fields that differ. `undefined` on one side: the thing was created or deleted. */
export function diff(before: Fields | undefined, after: Fields | undefined): FieldChanges {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const changes: FieldChanges = {};
  for (const name of names) {
    const from = before?.[name];
    const to = after?.[name];
    if (isDeepStrictEqual(from, to)) continue;
    changes[name] = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  }
  return changes;
}
