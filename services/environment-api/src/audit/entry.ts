/** Rows of the audit trail: who changed what, from which value to which. */

import { isDeepStrictEqual } from 'node:util';
import type { EnvironmentEntity } from '@gatehouse/contracts/environment-api/changes';

export type AuditAction = 'create' | 'update' | 'delete';

/** Per field what it was and what it is; absent = there was or is none. */
export type FieldChanges = Record<string, { from?: unknown; to?: unknown }>;

export interface AuditEntry {
  /** Milliseconds since 1970. */
  at: number;
  actorKind: 'ops' | 'client' | 'user';
  actor: string;
  action: AuditAction;
  entity: EnvironmentEntity;
  entityId: string;
  contactCenterId: string | undefined;
  requestId: string;
  operationId: string | undefined;
  changes: FieldChanges;
}

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
