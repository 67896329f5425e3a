/** Names what may be read as a whole: tables that stay small, and statements that have to read everything. Each with its reason. */

export const boundedTables: Record<string, string> = {
  'auth.audit_days': 'one row for each day of the retention',
  'auth.audit_set_aside': 'what a destination refused, until an operator looks at it',
  'auth.audit_shipping': 'one row for each destination',
  'auth.audit_unchained': 'what waits for the chain, for a second',
  'auth.followed_ends': 'one row',
  'auth.migrations': 'one row for each migration',
  'auth.revocation_epoch': 'one row',
  'auth.signal_receivers': 'set up by operators, one by one',
  'auth.signing_keys': 'a few for each algorithm',
  'auth.sso_keys': 'a few for each purpose',
  'environment.audit_days': 'one row for each day of the retention',
  'environment.audit_set_aside': 'what a destination refused, until an operator looks at it',
  'environment.audit_shipping': 'one row for each destination',
  'environment.audit_unchained': 'what waits for the chain, for a second',
  'environment.declared_locations': 'named by operators, one by one',
  'environment.global_settings': 'set by operators, one by one',
  'environment.global_settings_version': 'one row',
  'environment.migrations': 'one row for each migration',
};

export interface WholeRead {
  path: string;
  /** A part of the statement. */
  text: string;
  table: string;
  why: string;
}

export const wholeReads: readonly WholeRead[] = [];
