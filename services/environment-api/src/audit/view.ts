/** Makes of rows of the audit trail what the API answers: the names of people and things stand beside their identifiers. */
import type { AuditEntry } from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { ChangedNames } from './names.ts';
import type { AuditService } from './service.ts';
import type { AuditRow } from './store.ts';

export type AuditAnswer = ReturnType<typeof named>;

export async function namedRows(audit: AuditService, rows: readonly AuditRow[]): Promise<AuditAnswer[]> {
  const names = await audit.names(rows);
  return rows.map((row, index) => named(answerOf(row), names[index]));
}

function named(answer: ReturnType<typeof answerOf>, found: ChangedNames = {}) {
  const { name: entityName, contactCenterName, actorName: shownName } = found;
  const known: Pick<AuditEntry, 'entityName' | 'contactCenterName'> = definedOnly({
    entityName,
    contactCenterName,
  });
  const actor: AuditEntry['actor'] = { ...answer.actor, ...definedOnly({ shownName }) };
  return { ...answer, ...known, actor };
}

const rowNames = [
  ...(['id', 'at', 'action', 'entity', 'entityId', 'contactCenterId'] as const),
  ...(['requestId', 'clientAddress', 'operationId', 'changes'] as const),
];
export const columns = [
  ...rowNames.map((name) => ({ name: name as string, value: (row: AuditAnswer) => row[name] as unknown })),
  { name: 'actorKind', value: ({ actor }: AuditAnswer) => actor.kind },
  { name: 'actor', value: ({ actor }: AuditAnswer) => actor.name },
  { name: 'actorContactCenterId', value: ({ actor }: AuditAnswer) => actor.contactCenterId },
  // New ones stand at the end: programs count the columns.
  { name: 'entityName', value: ({ entityName }: AuditAnswer) => entityName },
  { name: 'contactCenterName', value: ({ contactCenterName }: AuditAnswer) => contactCenterName },
  { name: 'actorShownName', value: ({ actor }: AuditAnswer) => actor.shownName },
];

function answerOf({
  at,
  actor,
  actorKind,
  actorContactCenterId,
  actorClient,
  linkRequest,
  ...row
}: AuditRow) {
  const known = { contactCenterId: actorContactCenterId, clientId: actorClient, linkRequest };
  const by = { kind: actorKind, name: actor, ...definedOnly(known) };
  return { ...row, at: new Date(at).toISOString(), actor: by };
}
