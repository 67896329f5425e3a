/** The catalogue of security events. Names are part of the product: dashboards and alarms are built on them. */
import type { FieldChanges } from '@gatehouse/service-kit/changes/field-changes';

export const auditEventNames = [
  // sign-in and sessions
  'login_succeeded',
  'login_failed',
  'login_throttled',
  'logout',
  'global_logout',
  'session_ended',
  'logout_notice',
  'password_changed',
  'password_change_failed',
  'person_cut_off',
  'consent_given',
  'consent_denied',
  'device_approved',
  'device_denied',
  // tokens
  'code_issued',
  'token_issued',
  'token_refused',
  'token_exchanged',
  'token_revoked',
  'code_reused',
  'refresh_reused',
  'assertion_accepted',
  // administration
  'client_created',
  'client_updated',
  'client_deleted',
  'client_secret_rotated',
  'client_authentication_failed',
  'ops_authentication_failed',
  'signing_key_created',
  'signing_key_imported',
  'signing_key_rotated',
  'signing_key_retired',
  'signing_key_removed',
  'sso_key_changed',
  'personal_data_erased',
] as const;

export type AuditEventName = (typeof auditEventNames)[number];

export interface AuditEvent {
  name: AuditEventName;
  outcome: 'success' | 'failure';
  /** Request id: finds the log lines of the request. */
  correlationId: string;
  sub?: string | undefined;
  clientId?: string | undefined;
  contactCenterId?: string | undefined;
  sid?: string | undefined;
  clientAddress?: string | undefined;
  /** Further facts; never a secret, token, code or password. */
  fields?: Record<string, string | number | boolean | string[] | FieldChanges> | undefined;
}

/** An event as it travels and is stored. */
export interface RecordedAuditEvent extends AuditEvent {
  /** UUID; storing the same event twice is harmless because of it. */
  id: string;
  atMs: number;
}

/** The part of a PostgreSQL client that writes a row inside somebody's transaction. */
export interface AuditTransaction {
  query(text: string, values: unknown[]): Promise<unknown>;
}

export interface AuditWriter {
  /** Appends to the Redis stream; awaited before the answer, in parallel with other writes. @throws AppError (503) */
  write(event: AuditEvent): Promise<void>;
  /** Writes the row in the transaction of an administrative change: both happen or neither. */
  inTransaction(transaction: AuditTransaction, event: AuditEvent): Promise<void>;
}
