/** Contact centres with their settings, straight into the tables: through the API half a million writes take hours. */
import type pg from 'pg';

export const settingsPerCenter = 50;
const perEnvironment = 100;

/** Fills up to so many contact centres. */
export async function seedEstate(database: pg.Client, centers: number): Promise<void> {
  const sealed = `v1.bench.${'A'.repeat(16)}.${'A'.repeat(32)}`;
  await database.query(
    `INSERT INTO environment.environments (id, username, password, connection_protocol, local_timeout_seconds,
        remote_timeout_seconds, trace_mode, tenant, app_name, tls_enabled)
      SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'bench', $1, 'addp', 20, 20, 'off',
        'Tenant ' || n, 'default', true
      FROM generate_series(1, $2::int) n ON CONFLICT DO NOTHING`,
    [sealed, Math.ceil(centers / perEnvironment)],
  );
  await database.query(
    `INSERT INTO environment.config_servers (environment_id, id, position, primary_address, primary_port, read_only)
      SELECT id, id, 0, 'config.example.com', 8888, false FROM environment.environments
      WHERE username = 'bench'
      ON CONFLICT (environment_id, id) DO NOTHING`,
  );
  await database.query(
    `INSERT INTO environment.config_server_locations
      SELECT environment_id, id, '/' FROM environment.config_servers
      WHERE environment_id = id ON CONFLICT DO NOTHING`,
  );
  await database.query(
    `INSERT INTO environment.contact_centers (id, environment_id, name, auth, status)
      SELECT ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
        ('00000000-0000-4000-8000-' || lpad(to_hex(1 + n / ${perEnvironment + 1}), 12, '0'))::uuid,
        'Contact centre ' || n || ' of the estate', 'configServer', 'active'
      FROM generate_series(1, $1::int) n ON CONFLICT DO NOTHING`,
    [centers],
  );
  await database.query(
    `INSERT INTO environment.contact_center_domains (domain_key, domain, contact_center_id, position)
      SELECT 'tenant-' || n || '.example', 'tenant-' || n || '.example',
        ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, 0
      FROM generate_series(1, $1::int) n ON CONFLICT (domain_key) DO NOTHING`,
    [centers],
  );
  await database.query(
    `INSERT INTO environment.settings (contact_center_id, name, location, value, shared)
      SELECT ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, 'setting-' || s, '/',
        'value ' || n || ' of setting ' || s, false
      FROM generate_series(1, $1::int) n, generate_series(1, ${settingsPerCenter}) s ON CONFLICT DO NOTHING`,
    [centers],
  );
  await database.query('ANALYZE');
}

/** Of the contact centre with this number, from 1. */
export function centerId(number: number): string {
  return `00000000-0000-4000-9000-${number.toString(16).padStart(12, '0')}`;
}
