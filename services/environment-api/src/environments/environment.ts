/** An environment: the Configuration Servers of one estate and the account to use there. */
import {
  classicTraceModes,
  type Environment as EnvironmentAnswer,
} from '@gatehouse/contracts/environment-api/administration/environments';
import type { EnvironmentView } from '@gatehouse/contracts/environment-api/environment';
import { diff, type FieldChanges, hiddenValue } from '@gatehouse/service-kit/changes/field-changes';
import { shownTls } from './tls.ts';

export interface Environment extends EnvironmentView {
  /** Order of creation. */
  ordinal: number;
  /** ISO 8601, UTC. */
  createdAt: string;
  updatedAt: string;
}

/** What is written; version and times come from the database. */
export type EnvironmentFields = Omit<Environment, 'id' | 'version' | 'ordinal' | 'createdAt' | 'updatedAt'>;

/** What callers are shown: no password and no private key, not even sealed. */
export function answerOf(environment: Environment): EnvironmentAnswer {
  // The answer's schema is the allow-list that leaves the rest out; naming the password and the key here is the second lock.
  const { passwordEnvelope: _passwordEnvelope, traceMode, tls, ...answer } = environment;
  return { ...answer, traceMode: classicTraceModes[traceMode], ...(tls ? { tls: shownTls(tls) } : {}) };
}

/** What Auth API is told, sealed password included. */
export function viewOf({
  ordinal: _ordinal,
  createdAt: _createdAt,
  updatedAt: _updatedAt,
  ...view
}: Environment) {
  return view satisfies EnvironmentView;
}

/** For the audit trail: of the password and of the private key only that they changed. */
export function environmentDiff(
  before: EnvironmentFields | undefined,
  after: EnvironmentFields | undefined,
): FieldChanges {
  const changes = diff(auditedFields(before), auditedFields(after));
  return Object.fromEntries(
    Object.entries(changes).map(([name, change]) => [name, secretFields.has(name) ? hidden(change) : change]),
  );
}

const secretFields = new Set(['password', 'tls.mutual.key']);

function auditedFields(fields: EnvironmentFields | undefined): Record<string, unknown> | undefined {
  if (!fields) return undefined;
  return {
    username: fields.username,
    // Two seals of one password differ; the comparison only asks whether it was written.
    password: fields.passwordEnvelope,
    connectionProtocol: fields.connectionProtocol,
    localTimeout: fields.localTimeout,
    remoteTimeout: fields.remoteTimeout,
    traceMode: fields.traceMode,
    tenant: fields.tenant,
    appName: fields.appName,
    tlsEnabled: fields.tlsEnabled,
    tls: fields.tls && shownTls(fields.tls),
    'tls.mutual.key': fields.tls?.mutual?.keyEnvelope,
    consulService: fields.consulService,
    srvRecord: fields.srvRecord,
    configServers: fields.configServers,
  };
}

function hidden(change: FieldChanges[string]): FieldChanges[string] {
  return Object.fromEntries(Object.keys(change).map((side) => [side, hiddenValue]));
}
