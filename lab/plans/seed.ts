/** Fills every table of both services that grows, straight into the tables: through the APIs half a million writes take hours. */
import type pg from 'pg';

/** As after a re-encryption: the suites call the key of then `new`. */
const sealed = `'v1.new.${'A'.repeat(16)}.${'A'.repeat(32)}'`;
const id = (kind: number, number = 'n') =>
  `('00000000-0000-4000-${kind}-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
/** In the newest rows the moment is now. */
const past = (seconds: number, number = 'n', of: number) =>
  `now() - (${of} - ${number}) * interval '${seconds} s'`;

const people = 50_000;
const events = 200_000;

/** Those with as many rows as any: 40 000 people, 100 contact centres, 51 settings. */
export const largest = {
  peopleStore: '00000000-0000-4000-7000-000000000001',
  environment: '00000000-0000-4000-8000-000000000001',
  contactCenter: '00000000-0000-4000-9000-000000000001',
};

/** Contact centres with their settings, a hundred in an environment. */
const estate = [
  `INSERT INTO environment.environments (id, username, password, connection_protocol, local_timeout_seconds, remote_timeout_seconds,
      trace_mode, tenant, app_name, tls_enabled)
    SELECT ${id(8000)}, 'bench', ${sealed}, 'addp', 20, 20, 'off', 'Tenant ' || n, 'default', true FROM generate_series(1, 100) n`,
  `INSERT INTO environment.config_servers (environment_id, id, position, primary_address, primary_port, read_only)
    SELECT ${id(8000)}, ${id(8000)}, 0, 'config.example.com', 8888, false FROM generate_series(1, 100) n`,
  `INSERT INTO environment.config_server_locations SELECT ${id(8000)}, ${id(8000)}, '/' FROM generate_series(1, 100) n`,
  `INSERT INTO environment.contact_centers (id, environment_id, name, auth, status)
    SELECT ${id(9000)}, ${id(8000, '1 + n / 101')}, 'Contact centre ' || n || ' of the estate', 'configServer', 'active'
    FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.contact_center_domains (domain_key, domain, contact_center_id, position)
    SELECT 'tenant-' || n || '.example', 'tenant-' || n || '.example', ${id(9000)}, 0 FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.settings (contact_center_id, name, location, value, shared)
    SELECT ${id(9000)}, 'setting-' || s, '/', 'value ' || n || ' of setting ' || s, false
    FROM generate_series(1, 10000) n, generate_series(1, 50) s`,
];

/** Of the ids above, 9000 are contact centres and 8000 their environments. */
const environment = [
  // As where somebody has chosen the people of each: nothing is left to be found among pairs of them.
  `UPDATE environment.contact_centers SET membership = '{"by": "tenant", "names": ["one"]}', subject_scope = 'contactCenter'`,
  // Each with people of its own, as where every tenant has its people store.
  `INSERT INTO environment.environments (id, connection_protocol, local_timeout_seconds, remote_timeout_seconds, trace_mode, app_name,
      tls_enabled, directory)
    SELECT ${id(7000)}, 'addp', 20, 20, 'off', 'application ' || n, true, 'people' FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.environments (id, username, password, connection_protocol, local_timeout_seconds, remote_timeout_seconds,
      trace_mode, tenant, app_name, tls_enabled)
    SELECT ${id(7001)}, 'plans', ${sealed}, 'addp', 20, 20, 'off', 'Other tenant ' || n, 'default', true FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.config_servers (environment_id, id, position, primary_address, primary_port, read_only)
    SELECT ${id(7001)}, ${id(7001)}, 0, 'config-' || n || '.example', 8888, false FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.config_server_locations SELECT ${id(7001)}, ${id(7001)}, '/L' || n FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.settings (contact_center_id, name, location, value, shared)
    SELECT ${id(9000)}, 'cors-origins', '/', 'https://page-' || n || '.example', false FROM generate_series(1, 10000, 10) n`,
  `INSERT INTO environment.environment_names (environment_id, name, name_key)
    SELECT id, 'Environment ' || ordinal, 'environment ' || ordinal FROM environment.environments`,
  `INSERT INTO environment.contact_center_names (contact_center_id, name, name_key)
    SELECT contact_center_id, domain, domain_key FROM environment.contact_center_domains WHERE position = 0`,
  `INSERT INTO environment.managed_resources (kind, id, contact_center_id, fields)
    SELECT 'ContactCenter', id::text, id, '{"name": "platform/git"}' FROM environment.contact_centers`,
  `INSERT INTO environment.deleted (id, kind, object_id, environment_id, contact_center_id, name, deleted_at, deleted_by, lost_secrets, document)
    SELECT ${id(5000)}, 'person', ${id(5001)}, ${id(7000)}, ${id(9000)}, 'gone-' || n, ${past(200, 'n', 10_000)}, 'ops', '{}', '{}'
    FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.deleted_parts (deleted_id, place, part)
    SELECT id, 'people', jsonb_build_object('user_name_key', name) FROM environment.deleted`,
  `INSERT INTO environment.api_keys (id, contact_center_id, name, digest, prefix, valid_from)
    SELECT ${id(6000)}, ${id(9000)}, 'key', lpad(n::text, 43, 'k'), 'prefix', now() FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.api_key_uses SELECT id, now() FROM environment.api_keys`,
  `INSERT INTO environment.single_sign_on (contact_center_id, protocol, location, settings, secret)
    SELECT ${id(9000)}, 'oidc', '/', '{}', ${sealed} FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.images (digest, source, type, width, height, content)
    SELECT lpad(to_hex(n), 64, '0'), lpad(to_hex(n), 64, 'f'), 'image/webp', 64, 32, '\\x00' FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.branding (contact_center_id, location, settings, logo)
    SELECT ${id(9000)}, '/', '{}', lpad(to_hex(n), 64, '0') FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.global_branding (location, settings, logo) VALUES ('/', '{}', lpad('1', 64, '0'))`,
  `INSERT INTO environment.client_logos (client_id, logo)
    SELECT 'client-' || n, lpad(to_hex(n), 64, '0') FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.person_numbers (dbid, environment_id, external_id)
    SELECT 1000000 + n, ${id(7000, '1 + n / 40000')}, ${id(5000)}::text FROM generate_series(1, ${people}) n`,
  `INSERT INTO environment.people (id, environment_id, dbid, user_name, user_name_key, first_name, last_name, email, email_key, email_keys, is_active, password)
    SELECT ${id(5000)}, ${id(7000, '1 + n / 40000')}, 1000000 + n, 'person-' || n, 'person-' || n, 'First' || n % 500, 'Last' || n % 5000, n || '@example.com',
      n || '@example.com', ARRAY[n || '@example.com'], n % 100 > 0, ${sealed} FROM generate_series(1, ${people}) n`,
  `INSERT INTO environment.people_links (environment_id, issuer, subject, person_id, created_at)
    SELECT environment_id, 'https://idp.example', 'subject-' || dbid, id, ${past(200, '(dbid - 1000000)', people)} FROM environment.people`,
  `INSERT INTO environment.deleted_parts (deleted_id, place, part)
    SELECT id, 'people_links', jsonb_build_object('subject', 'gone-' || ordinal, 'person_id', object_id) FROM environment.deleted`,
  `INSERT INTO environment.people_groups (id, environment_id, name, name_key)
    SELECT ${id(4000)}, ${id(7000, '1')}, 'group-' || n, 'group-' || n FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.people_group_members
    SELECT ${id(4000, '1 + n % 10000')}, ${id(5000)} FROM generate_series(1, ${people}) n`,
  `INSERT INTO environment.password_links
    SELECT lpad(n::text, 43, 'l'), ${id(5000)}, now() + interval '1 day' FROM generate_series(1, 10000) n`,
  `INSERT INTO environment.idempotent_requests (caller, key, request_digest, outcome, expires_at)
    SELECT 'client plans', 'key-' || n, 'digest', ${sealed}, now() + n * interval '4 s' FROM generate_series(1, 20000) n`,
  `INSERT INTO environment.changes (seq, entity, entity_id, contact_center_id, at)
    SELECT n, 'setting', ${id(9000, '1 + n % 10000')}::text, ${id(9000, '1 + n % 10000')}::text, ${past(6, 'n', 100_000)}
    FROM generate_series(1, 100000) n`,
  `INSERT INTO environment.audit (at, actor_kind, actor, action, entity, entity_id, contact_center_id, request_id, changes)
    SELECT ${past(60, 'n', events)}, 'client', 'client-' || n % 1000, 'update', 'setting', 'setting-' || n % 50,
      ${id(9000, '1 + n % 10000')}, 'request-' || n, '{}' FROM generate_series(1, ${events}) n ORDER BY n`,
  ...chainOf('environment', 'audit', 'id'),
];

const auth = [
  `INSERT INTO auth.clients (client_id, name, description, client_type, internal_client, secrets, authorities, scope, grant_types,
      redirect_uris, post_logout_redirect_uris, redirect_matching, require_pkce, access_token_ttl_seconds, refresh_token_ttl_seconds,
      contact_center_ids, token_exchange, resources)
    SELECT 'client-' || n, 'Client ' || n, 'of the plans', 'CONFIDENTIAL', false, '[]', '{}', '{}', '{authorization_code}',
      ARRAY['https://app-' || n || '.example/callback'], '{}', 'exact', true, 3600, 86400,
      CASE WHEN n % 2 = 0 THEN ARRAY[${id(9000)}::text] ELSE '{}' END, '{}', ARRAY['https://api-' || n || '.example']
    FROM generate_series(1, 10000) n`,
  `INSERT INTO auth.managed_documents (kind, id, fields) SELECT 'Client', client_id, '{"name": "platform/git"}' FROM auth.clients`,
  `INSERT INTO auth.erased_subjects (digest, erased_at)
    SELECT sha256(convert_to(n::text, 'UTF8')), ${past(200, 'n', 10_000)} FROM generate_series(1, 10000) n`,
  `INSERT INTO auth.deleted_clients (id, client_id, name, deleted_at, deleted_by, loses_secret, document)
    SELECT ${id(5000)}, 'gone-' || n, 'Gone ' || n, ${past(200, 'n', 10_000)}, 'ops', true, '{}' FROM generate_series(1, 10000) n`,
  `INSERT INTO auth.consents (sub, client_id, scope) SELECT 'sub-' || n, 'client-' || 1 + n % 10000, '{openid}' FROM generate_series(1, 50000) n`,
  `INSERT INTO auth.document_consents (sub, client_id, scope) SELECT 'sub-' || n, 'https://apps.example.com/' || 1 + n % 100, '{openid}' FROM generate_series(1, 5000) n`,
  `INSERT INTO auth.factor_epochs (contact_center_id, sub) SELECT 'cc-' || n % 50, 'sub-' || n FROM generate_series(1, 20000) n`,
  `INSERT INTO auth.factor_policies (contact_center_id, policy, version) SELECT 'cc-' || n, '{}', 1 FROM generate_series(1, 5000) n`,
  `INSERT INTO auth.totp (id, contact_center_id, sub, name, secret, digits, algorithm, confirmed_at)
    SELECT gen_random_uuid(), contact_center_id, sub, 'Telephone', 'v1.k1.iv.sealed', 6, 'SHA1', now() FROM auth.factor_epochs`,
  `INSERT INTO auth.recovery_keys (contact_center_id, sub, key) SELECT contact_center_id, sub, 'v1.k1.iv.sealed' FROM auth.factor_epochs`,
  `INSERT INTO auth.recovery_codes (contact_center_id, sub, digest)
    SELECT contact_center_id, sub, sha256(convert_to(sub || n, 'UTF8')) FROM auth.recovery_keys, generate_series(1, 5) n`,
  `INSERT INTO auth.remembered_devices (id, contact_center_id, sub, secret_hash, granted_at, ends_at, epoch, user_agent)
    SELECT gen_random_uuid(), contact_center_id, sub, 'hash', now(), now() + interval '30 days', 0, 'browser'
    FROM auth.factor_epochs, generate_series(1, 2) n`,
  `INSERT INTO auth.factor_attempts (contact_center_id, sub, kind, is_known, failures, counted_at, next_at)
    SELECT contact_center_id, sub, 'totp', false, 1, now(), now() FROM auth.factor_epochs`,
  `INSERT INTO auth.factor_invitations (contact_center_id, sub, digest, made_by, ends_at)
    SELECT contact_center_id, sub, 'digest', 'ops', now() FROM auth.factor_epochs`,
  `INSERT INTO auth.factor_history (contact_center_id, sub, change, factor, made_by)
    SELECT contact_center_id, sub, 'added', 'totp', sub FROM auth.factor_epochs, generate_series(1, 3) n`,
  `INSERT INTO auth.webauthn_users (contact_center_id, sub, handle, dbid)
    SELECT ${id(9000, '1 + n % 10000')}::text, 'sub-' || n, decode(repeat(lpad(to_hex(n), 8, '0'), 16), 'hex'), n
    FROM generate_series(1, 50000) n`,
  `INSERT INTO auth.passkeys (id, contact_center_id, sub, name, public_key, counter, eligible, synced, verified_at_creation, attested, aaguid,
      transports)
    SELECT decode(lpad(to_hex(n), 64, '0'), 'hex'), ${id(9000, '1 + n % 50000 % 10000')}::text, 'sub-' || n % 50000, 'key', 'key', n,
      false, false, true, false, ${id(4000, '1')}, '{usb}' FROM generate_series(1, 100000) n WHERE n % 50000 > 0`,
  `INSERT INTO auth.installation_facts (name, value) VALUES ('rp_id', 'login.example')`,
  `INSERT INTO auth.user_codes (sub, hash) SELECT 'sub-' || n, 'hash' FROM generate_series(1, 10000) n`,
  `INSERT INTO auth.changes (seq, entity, entity_id, at)
    SELECT n, 'client', 'client-' || 1 + n % 10000, ${past(6, 'n', 100_000)} FROM generate_series(1, 100000) n`,
  `INSERT INTO auth.revocations (kind, id, not_before_ms, expires_at, written_at)
    SELECT 'sub', 'sub-' || n, n, now() + n * interval '10 s', ${past(10, 'n', 100_000)} FROM generate_series(1, 100000) n`,
  `INSERT INTO auth.signal_receivers (id, endpoint, audience, events)
    VALUES (${id(3000, '1')}, 'https://receiver.example', 'https://receiver.example', '{}')`,
  `INSERT INTO auth.signal_outbox (jti, receiver_id, claims, created_at, next_try_at)
    SELECT 'jti-' || n, ${id(3000, '1')}, '{}', now(), now() + n * interval '1 s' FROM generate_series(1, 20000) n`,
  `INSERT INTO auth.audit_events (id, at, name, outcome, correlation_id, sub, client_id, contact_center_id, sid, client_address, fields)
    SELECT ${id(2000)}, ${past(10, 'n', events)}, CASE WHEN n % 3 = 0 THEN 'login_succeeded' ELSE 'token_issued' END, 'success',
      'request-' || n, 'sub-' || n % 20000, 'client-' || n % 10000, ${id(9000, '1 + n % 10000')}::text, 'sid-' || n, '192.0.2.1',
      jsonb_build_object('userName', 'Person-' || n % 20000) FROM generate_series(1, ${events}) n ORDER BY n`,
  ...chainOf('auth', 'audit_events', 'seq'),
];

function chainOf(schema: string, table: string, number: string): string[] {
  return [
    `INSERT INTO ${schema}.audit_chain (position, event_seq, day, hash, personal_salt, personal_digest)
      SELECT row_number() OVER (ORDER BY ${number}), ${number}, at::date, sha256(${number}::text::bytea), 'salt',
        sha256(${number}::text::bytea) FROM ${schema}.${table}`,
    `INSERT INTO ${schema}.audit_days (day, last_position, hash, seal)
      SELECT day, max(position), sha256('day'), 'sealed' FROM ${schema}.audit_chain WHERE day < current_date GROUP BY day`,
  ];
}

export async function seedPlans(database: pg.Client): Promise<void> {
  for (const statement of estate) await database.query(statement);
  // Foreign keys and the triggers of the audit trail would check and note each row.
  await database.query('SET session_replication_role = replica');
  for (const statement of [...environment, ...auth]) await database.query(statement);
  await database.query('SET session_replication_role = origin');
  await database.query('VACUUM ANALYZE');
}
