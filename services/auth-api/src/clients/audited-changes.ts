/** What a change did to a client, for the audit trail: field by field, and of a secret only that it changed. */
import { diff, type FieldChanges, hiddenValue } from '@gatehouse/service-kit/changes/field-changes';
import type { Client } from './client.ts';
import { viewOf } from './view.ts';

export function auditedChanges(before: Client | undefined, after: Client | undefined): FieldChanges {
  const changes = diff(before && auditedFields(before), after && auditedFields(after));
  const had = before?.secrets[0];
  const has = after?.secrets[0];
  if (had?.hash === has?.hash) return changes;
  return {
    ...changes,
    client_secret: { ...(had ? { from: hiddenValue } : {}), ...(has ? { to: hiddenValue } : {}) },
  };
}

function auditedFields(client: Client) {
  const { createdAt: _createdAt, updatedAt: _updatedAt, lastUsedAt: _lastUsedAt, ...fields } = viewOf(client);
  return fields;
}
