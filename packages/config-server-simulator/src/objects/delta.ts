/** Computes what changed between two states of one object, in the form of update events. */
import { isDeepStrictEqual } from 'node:util';
import type { MessageBody } from '@gatehouse/config-server-client/wire';
import type { StoredObject } from './stored-object.ts';

export type Delta = MessageBody<'EventObjectUpdated'>['delta'];

/** Scalars and structures go to `set`, also when they became 0, empty or null; lists into what came and what went. */
export function deltaBetween(before: StoredObject, after: StoredObject): Delta {
  const delta: Delta & { added: Record<string, unknown[]>; deleted: Record<string, unknown[]> } = {
    set: {},
    added: {},
    deleted: {},
  };
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = before[field];
    const value = after[field];
    if (isDeepStrictEqual(old, value)) continue;
    if (Array.isArray(old ?? []) && Array.isArray(value ?? [])) {
      const added = difference(value, old);
      const deleted = difference(old, value);
      if (added.length > 0) delta.added[field] = added;
      if (deleted.length > 0) delta.deleted[field] = deleted;
    } else {
      delta.set[field] = value ?? null;
    }
  }
  const { set, added, deleted } = delta;
  return {
    set,
    ...(Object.keys(added).length > 0 ? { added } : {}),
    ...(Object.keys(deleted).length > 0 ? { deleted } : {}),
  };
}

export function isEmptyDelta(delta: Delta): boolean {
  return (
    Object.keys(delta.set).length === 0 &&
    delta.added === undefined &&
    delta.deleted === undefined &&
    delta.passwordChanged !== true
  );
}

function difference(from: unknown, without: unknown): unknown[] {
  const other = (without ?? []) as unknown[];
  return ((from ?? []) as unknown[]).filter(
    (entry) => !other.some((known) => isDeepStrictEqual(known, entry)),
  );
}
