/** Defines an environment (where people are, with the account that reads them) and its forms for callers and Auth API. */

import type { Environment as EnvironmentAnswer } from '@gatehouse/contracts/environment-administration';
import {
  classicTraceModes,
  defaultDirectory,
  type EnvironmentView,
  type LdapSettings,
  type LdapView,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { diff, type FieldChanges, hiddenValue } from '@gatehouse/service-kit/changes';
import { isoTime } from '@gatehouse/service-kit/postgres';
import { shownTls } from './tls.ts';

export interface Environment extends EnvironmentView {
  /** Order of creation. */
  ordinal: number;
  /** ISO 8601, UTC. */
  createdAt: string;
  updatedAt: string;
}

/** The fields that are written; version and times come from the database. */
export type EnvironmentFields = Omit<Environment, 'id' | 'version' | 'ordinal' | 'createdAt' | 'updatedAt'>;

/** The form for callers: without password and private key, not even sealed. */
export function answerOf(environment: Environment): EnvironmentAnswer {
  // The response schema is the allow-list; removing password and key here is the second protection.
  const {
    passwordEnvelope: _passwordEnvelope,
    username,
    tenant,
    traceMode,
    tls,
    ldap,
    ...answer
  } = environment;
  return {
    ...answer,
    traceMode: classicTraceModes[traceMode],
    ...definedOnly({
      // Empty where there are no Configuration Servers.
      username: username || undefined,
      tenant: tenant || undefined,
      tls: tls && shownTls(tls),
      ldap: ldap && shownLdap(ldap),
    }),
  };
}

export function shownLdap({ bindPasswordEnvelope: _bindPasswordEnvelope, ...ldap }: LdapView): LdapSettings {
  return ldap;
}

/** The form for Auth API, with the sealed passwords. */
export function environmentViewOf({
  ordinal: _ordinal,
  createdAt: _createdAt,
  updatedAt: _updatedAt,
  ...view
}: Environment) {
  return view satisfies EnvironmentView;
}

/** The form for the audit trail: of password and private key only that they changed. */
export function environmentDiff(
  before: EnvironmentFields | undefined,
  after: EnvironmentFields | undefined,
): FieldChanges {
  const changes = diff(auditedFields(before), auditedFields(after));
  return Object.fromEntries(
    Object.entries(changes).map(([name, change]) => [name, secretFields.has(name) ? hidden(change) : change]),
  );
}

const secretFields = new Set(['password', 'tls.mutual.key', 'ldap.bindPassword']);

function auditedFields(fields: EnvironmentFields | undefined): Record<string, unknown> | undefined {
  if (!fields) return undefined;
  return {
    name: fields.name,
    directory: fields.directory === defaultDirectory ? undefined : fields.directory,
    username: fields.username || undefined,
    // Two seals of one password differ, so writing the same password counts as a change.
    password: fields.passwordEnvelope || undefined,
    connectionProtocol: fields.connectionProtocol,
    localTimeout: fields.localTimeout,
    remoteTimeout: fields.remoteTimeout,
    traceMode: fields.traceMode,
    tenant: fields.tenant || undefined,
    appName: fields.appName,
    tlsEnabled: fields.tlsEnabled,
    tls: fields.tls && shownTls(fields.tls),
    'tls.mutual.key': fields.tls?.mutual?.keyEnvelope,
    consulService: fields.consulService,
    srvRecord: fields.srvRecord,
    configServers: fields.configServers,
    ldap: fields.ldap && shownLdap(fields.ldap),
    'ldap.bindPassword': fields.ldap?.bindPasswordEnvelope,
  };
}

function hidden(change: FieldChanges[string]): FieldChanges[string] {
  return Object.fromEntries(Object.keys(change).map((side) => [side, hiddenValue]));
}

/**
 * SQL expression that builds an `Environment` from `environments e` as one JSON value, so that the driver reads one column
 * instead of twenty-three. A server without rows in `config_server_locations` serves everywhere.
 */
export const environmentJson = `json_strip_nulls(json_build_object(
    'id', e.id, 'name', coalesce((SELECT n.name FROM environment.environment_names n WHERE n.environment_id = e.id),
      environment.usual_name(e.id)), 'ordinal', e.ordinal, 'version', e.version, 'directory', e.directory,
    'username', coalesce(e.username, ''), 'passwordEnvelope', coalesce(e.password, ''),
    'connectionProtocol', e.connection_protocol, 'localTimeout', e.local_timeout_seconds,
    'remoteTimeout', e.remote_timeout_seconds, 'traceMode', e.trace_mode, 'tenant', coalesce(e.tenant, ''), 'appName', e.app_name,
    'tlsEnabled', e.tls_enabled,
    'tls', CASE WHEN e.tls_ca IS NOT NULL OR e.tls_server_name IS NOT NULL OR e.tls_cert IS NOT NULL THEN
      json_build_object('ca', e.tls_ca, 'serverName', e.tls_server_name, 'mutual',
        CASE WHEN e.tls_cert IS NOT NULL THEN json_build_object('cert', e.tls_cert, 'keyEnvelope', e.tls_key) END) END,
    'ldap', e.ldap || jsonb_build_object('bindPasswordEnvelope', e.ldap_bind_password),
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
