/** Names what may be read as a whole: tables that stay small, and statements that have to read everything. Each with its reason. */

export const boundedTables: Record<string, string> = {
  'auth.alert_channels': 'one row for each way of alerts',
  'auth.alert_outbox': 'at most 200 for each way of alerts',
  'auth.alert_watches': 'one row for each location',
  'auth.alerts': 'the problems of two days',
  'auth.audit_days': 'one row for each day of the retention',
  'auth.audit_set_aside': 'what a destination refused, until an operator looks at it',
  'auth.audit_shipping': 'one row for each destination',
  'auth.audit_unchained': 'what waits for the chain, for a second',
  'auth.contact_center_administrators': 'named by administrators, one by one',
  'auth.contact_center_appointing':
    'one row for each contact centre that lets its administrators name others',
  'auth.deletion_bounds': 'one row for each kind of rows that age deletes',
  'auth.followed_ends': 'one row',
  'auth.installation_administrators': 'named by operators, one by one',
  'auth.installation_facts': 'one row for each fact',
  'auth.migrations': 'one row for each migration',
  'auth.refusal_counts': 'one row for each client, reason and day of a week',
  'auth.refusals': 'at most 20 000, and what a minute brings',
  'auth.revocation_epoch': 'one row',
  'auth.signal_receivers': 'set up by operators, one by one',
  'auth.signing_keys': 'a few for each algorithm',
  'auth.sso_keys': 'a few for each purpose',
  'environment.audit_days': 'one row for each day of the retention',
  'environment.audit_set_aside': 'what a destination refused, until an operator looks at it',
  'environment.audit_shipping': 'one row for each destination',
  'environment.audit_unchained': 'what waits for the chain, for a second',
  'environment.configuration_owners': 'one row for each owner of documents',
  'environment.deletion_bounds': 'one row for each kind of rows that age deletes',
  'environment.declared_locations': 'named by operators, one by one',
  'environment.global_branding': 'one row for each location where operators set it',
  'environment.global_settings': 'set by operators, one by one',
  'environment.global_settings_version': 'one row',
  'environment.migrations': 'one row for each migration',
};

interface WholeRead {
  path: string;
  /** A part of the statement. */
  text: string;
  /** Has an index, so a statement that asks for it is examined nevertheless. */
  unless?: RegExp;
  why: string;
}

/** One condition alone: beside others, of which one may be all that counts, PostgreSQL cannot use the index. */
const indexedOfPeople =
  /environment_id = \$1 AND (?:p\.user_name_key|p\.email_key|p\.external_id|lower\(p\.last_name\)) = [^ ]+\s*(?:ORDER|$)/;

export const wholeReads: readonly WholeRead[] = [
  {
    path: 'services/auth-api/src/factors/reencrypt.ts',
    text: 'count(*)',
    why: 'counts what another key sealed, at the end of a re-encryption',
  },
  {
    path: 'services/auth-api/src/registry/contact-centers/kept-policies.ts',
    text: "policy -> 'allowedFactors'",
    why: 'looks for the few contact centres with a demand, when an operator asks what is wrong',
  },
  {
    path: 'services/environment-api/src/contact-centers/list-store.ts',
    text: 'ARRAY[]::text[]',
    why: 'looks for one or two characters in the order of the list: most texts have them',
  },
  {
    path: 'packages/service-kit/src/postgres/count-rows.ts',
    text: 'AS counted',
    why: 'counts a list that an administrator looks at, and reads no more than 10,001 of its rows',
  },
  {
    path: 'services/environment-api/src/images/store.ts',
    text: 'LIMIT 100',
    why: 'looks for pictures that no place uses any more, after one of them has changed',
  },
  {
    path: 'services/environment-api/src/sealed-secrets/store.ts',
    text: 'count(*)',
    why: 'counts what another key sealed, which is everything before a re-encryption',
  },
  {
    path: 'services/environment-api/src/sealed-secrets/store.ts',
    text: 'SELECT DISTINCT ON',
    why: 'looks for one secret of each key, when an operator asks for the diagnosis',
  },
  {
    path: 'services/environment-api/src/overview/store.ts',
    text: 'AS inactive',
    why: 'counts everything, when an administrator looks at the overview',
  },
  {
    path: 'services/environment-api/src/overview/store.ts',
    text: 'CROSS JOIN LATERAL',
    why: 'looks for contact centres that have everybody, when an administrator looks at the overview, which counts them all besides',
  },
  {
    path: 'services/environment-api/src/overview/shared-subjects.ts',
    text: 'other.subject_scope',
    why: 'looks for contact centres with the subjects of their environment, when an administrator looks at the overview, which counts them all besides',
  },
  {
    path: 'services/environment-api/src/people/store.ts',
    text: 'ORDER BY p.dbid LIMIT',
    unless: indexedOfPeople,
    why: 'a SCIM filter may ask for any attribute: names and addresses have indexes, other filters read the people of one environment',
  },
  {
    path: 'services/environment-api/src/people/store.ts',
    text: 'count(*)',
    unless: indexedOfPeople,
    why: 'counts what a SCIM filter finds, which the answer must say, among the people of one environment',
  },
  {
    path: 'services/environment-api/src/people/counts.ts',
    text: 'count(*)',
    why: 'counts the people of one environment, when an administrator looks at it',
  },
  {
    path: 'services/environment-api/src/locations/store.ts',
    text: 'SELECT DISTINCT location',
    why: 'names each location of Configuration Servers once, when an operator lists them',
  },
  {
    path: 'services/environment-api/src/people/group-store.ts',
    text: 'count(*)',
    why: 'counts what a SCIM filter finds, which the answer must say, among the groups of one environment',
  },
  {
    path: 'services/auth-api/src/registry/clients/certificates.ts',
    text: 'count(*)',
    why: 'counts the clients, when an administrator looks at the overview',
  },
  {
    path: 'services/auth-api/src/registry/clients/deleted/store.ts',
    text: 'strpos(lower(d.client_id',
    why: 'looks within the names of clients that were deleted in the last 30 days, newest first',
  },
  {
    path: 'services/environment-api/src/deleted/kept.ts',
    text: 'strpos(lower(d.name)',
    why: 'looks within the names of what was deleted in the last 30 days, newest first',
  },
  {
    path: 'services/environment-api/src/deleted/parts.ts',
    text: 'environment_id = $2',
    why: 'keeps all rows of the environment that is deleted: here one environment has most rows of these tables, which have an index by it',
  },
  {
    path: 'services/environment-api/src/environments/store.ts',
    text: 'lower(coalesce((SELECT n.name',
    why: 'sorts environments by the names that are shown, which some get from their servers; operators set them up one by one',
  },
  {
    path: 'services/environment-api/src/environments/store.ts',
    text: 'AS candidate',
    why: 'looks for a name that no environment has, when one is made without a name',
  },
  {
    path: 'services/environment-api/src/checks/directories-probe.ts',
    text: "e.directory = 'ldap'",
    why: 'looks for environments with a directory, when an operator asks for the diagnosis',
  },
  {
    path: 'services/auth-api/src/records/audit/store.ts',
    text: 'coalesce($1::text, $13::text) IS NULL AND $12::text[] IS NULL',
    why: 'a list without a person goes through the newest events, whatever else it filters by: an index more would cost every event',
  },
  {
    path: 'services/auth-api/src/records/audit/seen-people.ts',
    text: 'WHERE $1::text IS NULL ORDER BY seq',
    why: 'goes through the newest 200 000 events, when an operator ends what a client was given',
  },
  {
    path: 'services/environment-api/src/import-export/store.ts',
    text: 'AS environments',
    why: 'an export and an import begin with all environments',
  },
  {
    path: 'packages/audit-trail/src/chain/trail.ts',
    text: 'chain.position AS chain_position',
    why: 'reads a page of a thousand events: in a trail of 200 000 PostgreSQL expects a thousand reads by the index to cost as much as all',
  },
  {
    path: 'packages/audit-trail/src/chain/verify.ts',
    text: 'are of no sealed day',
    why: 'verifies the whole trail',
  },
  {
    path: 'packages/audit-trail/src/chain/retention.ts',
    text: 'DELETE FROM',
    why: 'deletes what is past its time, which is everything in the suites',
  },
  {
    path: 'packages/service-kit/src/changes/log.ts',
    text: 'DELETE FROM',
    why: 'deletes what is past its time, once an hour, which is everything in the suites',
  },
  {
    path: 'packages/audit-trail/src/chain/erasure.ts',
    text: 'erasure_seal IS NOT NULL',
    why: 'looks for what another key sealed, when an operator has changed the key',
  },
];
