/** Reads the changes of what Auth API keeps, such as clients and keys: they are security events, and stand here as the other changes do. */
import { createAuditCalls } from '@gatehouse/api-client/auth-api';
import type { AuditFilter } from '@gatehouse/api-client/environment-api';
import {
  type AdministeredEntity,
  administeredEvents,
  eventsAbout,
  isAdministered,
  type SecurityEvent,
} from '@gatehouse/contracts/auth-api';
import type { AuditEntry } from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Session } from '../../session.ts';

export type ChangeFilter = Omit<AuditFilter, 'requestId'> & { correlationId?: string };

/** An event has no kind of its actor, and no `id` among the configuration changes: `event` names it. */
export type Change = Omit<AuditEntry, 'id' | 'actor'> & {
  id: number | string;
  actor: Omit<AuditEntry['actor'], 'kind'> & { kind?: string };
  event?: string;
};

const pageSize = 200;

/** The newest first, at most so many. @throws UpstreamError */
export async function eventChanges(
  { authApi }: Session,
  { entity, entityId, ...filter }: ChangeFilter,
  limit: number,
): Promise<Change[]> {
  const name = entity !== undefined && isAdministered(entity) ? eventsAbout(entity) : undefined;
  const clientId = entity === 'client' ? entityId : undefined;
  const found: Change[] = [];
  for (let before: string | undefined; ; ) {
    const asked = { ...filter, kind: 'configuration', name, clientId, before, limit: String(pageSize) };
    const { data, nextCursor } = await createAuditCalls(authApi).find(asked);
    const changes = data.map(changeOf);
    found.push(...changes.filter((change) => entityId === undefined || change.entityId === entityId));
    before = nextCursor;
    if (before === undefined || found.length >= limit) return found.slice(0, limit);
  }
}

function changeOf(event: SecurityEvent): Change {
  const { id, at, name, correlationId, contactCenterId, clientAddress, fields } = event;
  const [entity, action] = kindOf(name);
  const changes = Object(fields['changes']) as Change['changes'];
  const [actor, actorClient, linkRequest] = ['actor', 'actorClient', 'linkRequest'].map((field) =>
    textIn(event, field),
  );
  const { from, to } = changes['name'] ?? {};
  const entityName = [to, from].find((value) => typeof value === 'string');
  return {
    id,
    at,
    event: name,
    actor: { name: actor ?? '', ...definedOnly({ clientId: actorClient, linkRequest }) },
    action,
    entity,
    entityId: idIn(event, entity) ?? '',
    ...definedOnly({ entityName, contactCenterId, clientAddress }),
    requestId: correlationId,
    changes,
  };
}

/** An event of a newer service stands by its own name. */
function kindOf(name: string): [entity: string, action: string] {
  for (const [entity, events] of Object.entries<Readonly<Record<string, string>>>(administeredEvents)) {
    const action = events[name];
    if (action !== undefined) return [entity, action];
  }
  return [name, 'update'];
}

function idIn(event: SecurityEvent, entity: string): string | undefined {
  const ids: Record<AdministeredEntity, string | undefined> = {
    client: event.clientId,
    administrator: event.sub,
    'signing-key': textIn(event, 'kid') ?? textIn(event, 'purpose'),
    'signal-receiver': textIn(event, 'receiver'),
    'audit-trail': undefined,
  };
  return isAdministered(entity) ? ids[entity] : undefined;
}

function textIn({ fields }: SecurityEvent, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}
