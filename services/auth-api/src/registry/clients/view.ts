/** Shows a client to administrators, and its changes to the audit trail, without its secrets. */
import type { ClientView } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { diff, type FieldChanges, hiddenValue } from '@gatehouse/service-kit/changes';
import type { Client } from './client.ts';
import { table } from './table.ts';

export function clientViewOf(client: Client): ClientView {
  return {
    ...(fieldsOf(client) as ClientView),
    lastUsedAt: client.lastUsedAtMs,
    lastGrants: grantsOf(client),
    createdAt: client.createdAtMs,
    updatedAt: client.updatedAtMs,
  };
}

function fieldsOf(client: Client): Record<string, unknown> {
  const fields = table.map(({ field, property }) => [field, client[property]]);
  return { ...Object.fromEntries(fields), logo: client.logo };
}

function grantsOf({ lastGrants }: Client): ClientView['lastGrants'] {
  const grants = Object.entries(lastGrants).map(([grant_type, at]) => ({ grant_type, at }));
  return grants.length === 0 ? undefined : grants.toSorted((one, other) => other.at - one.at);
}

/** The effect of a change field by field; of a secret only the fact that it changed. */
export function auditedChanges(before: Client | undefined, after: Client | undefined): FieldChanges {
  const changes = diff(before && fieldsOf(before), after && fieldsOf(after));
  const had = before?.secrets[0];
  const has = after?.secrets[0];
  if (had?.hash === has?.hash) return changes;
  return {
    ...changes,
    client_secret: definedOnly({ from: had && hiddenValue, to: has && hiddenValue }),
  };
}
