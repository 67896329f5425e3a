/** An environment as every query selects it. */
import { isoTime } from '../fields/time.ts';

/**
 * One JSON value of `environments e`, in the shape of `Environment`: PostgreSQL builds it, and the driver has one column to
 * read instead of nineteen. A server without rows of its own among the locations serves everywhere.
 */
export const environmentJson = `json_strip_nulls(json_build_object(
    'id', e.id, 'ordinal', e.ordinal, 'version', e.version, 'username', e.username, 'passwordEnvelope', e.password,
    'connectionProtocol', e.connection_protocol, 'localTimeout', e.local_timeout_seconds,
    'remoteTimeout', e.remote_timeout_seconds, 'traceMode', e.trace_mode, 'tenant', e.tenant, 'appName', e.app_name,
    'tlsEnabled', e.tls_enabled,
    'tls', CASE WHEN e.tls_ca IS NOT NULL OR e.tls_server_name IS NOT NULL OR e.tls_cert IS NOT NULL THEN
      json_build_object('ca', e.tls_ca, 'serverName', e.tls_server_name, 'mutual',
        CASE WHEN e.tls_cert IS NOT NULL THEN json_build_object('cert', e.tls_cert, 'keyEnvelope', e.tls_key) END) END,
    'consulService', e.consul_service, 'srvRecord', e.srv_record, 'createdAt', ${isoTime('e.created_at')}, 'updatedAt', ${isoTime('e.updated_at')},
    'configServers', (
      SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
        'id', s.id, 'primaryAddress', s.primary_address, 'primaryPort', s.primary_port,
        'backupAddress', s.backup_address, 'backupPort', s.backup_port, 'readOnly', s.read_only,
        'locations', (SELECT coalesce(json_agg(l.location ORDER BY l.location), '["/"]'::json)
          FROM environment.config_server_locations l
          WHERE l.environment_id = s.environment_id AND l.config_server_id = s.id)
      )) ORDER BY s.position), '[]'::json)
      FROM environment.config_servers s WHERE s.environment_id = e.id)
  ))`;
