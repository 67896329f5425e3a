/** An environment: the Configuration Servers of one estate and the account to use there. */
import type { EnvironmentView } from '@gatehouse/contracts/environment-api/environment';
import { diff, type FieldChanges, hiddenValue } from '../audit/entry.ts';
import type { EnvironmentAnswer } from './schemas.ts';
import { classicTraceMode } from './trace-mode.ts';

export interface Environment extends EnvironmentView {
  /** Order of creation. */
  ordinal: number;
  /** ISO 8601, UTC. */
  createdAt: string;
  updatedAt: string;
}

/** What is written; version and times come from the database. */
export type EnvironmentFields = Omit<Environment, 'id' | 'version' | 'ordinal' | 'createdAt' | 'updatedAt'>;

/** What callers are shown: no password, not even sealed. */
export function answerOf(environment: Environment): EnvironmentAnswer {
  // The answer's schema is the allow-list that leaves the rest out; naming the password here is the second lock.
  const { passwordEnvelope: _passwordEnvelope, traceMode, ...answer } = environment;
  return { ...answer, traceMode: classicTraceMode(traceMode) };
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

/** For the audit trail: of the password only that it changed. */
export function environmentDiff(
  before: EnvironmentFields | undefined,
  after: EnvironmentFields | undefined,
): FieldChanges {
  const { password, ...changes } = diff(auditedFields(before), auditedFields(after));
  if (!password) return changes;
  const hidden = (side: unknown) => (side === undefined ? undefined : hiddenValue);
  return {
    ...changes,
    password: { ...pick('from', hidden(password.from)), ...pick('to', hidden(password.to)) },
  };
}

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
    consulService: fields.consulService,
    srvRecord: fields.srvRecord,
    configServers: fields.configServers,
  };
}

function pick<K extends string>(name: K, value: string | undefined): { [key in K]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [key in K]?: string });
}
