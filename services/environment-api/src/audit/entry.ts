/** Rows of the audit trail: who changed what, from which value to which. */

import type { EnvironmentEntity } from '@gatehouse/contracts/environment-api/changes';
import type { FieldChanges } from '@gatehouse/service-kit/changes/field-changes';

export type AuditAction = 'create' | 'update' | 'delete';

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
  /** Undefined in rows from before it was kept. */
  clientAddress: string | undefined;
  operationId: string | undefined;
  changes: FieldChanges;
}
