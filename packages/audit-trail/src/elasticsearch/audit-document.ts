/** An audit event as a document of the Elastic Common Schema. */
import { isIP } from 'node:net';
import type { FieldChanges } from '@gatehouse/service-kit/changes/field-changes';
import type { ChainedEvent } from '../chain/trail.ts';
import { auditDataset } from './audit-assets.ts';
import type { Document } from './bulk-writer.ts';

const ecsVersion = '8.11.0';

export interface AuditDescription {
  action: string;
  outcome: 'success' | 'failure';
  /** ECS: what the event is about, and what happened to it. */
  category: readonly string[];
  type: readonly string[];
  reason?: string | undefined;
  correlationId: string;
  contactCenterId?: string | undefined;
  user?: { id?: string | undefined; name?: string | undefined };
  clientAddress?: string | undefined;
  /** What ECS has no field for. */
  gatehouse: Readonly<Record<string, unknown>>;
}

export function auditDocument(service: string, event: ChainedEvent, description: AuditDescription): Document {
  const { action, outcome, category, type, reason, clientAddress, contactCenterId, user } = description;
  return {
    id: event.id,
    body: {
      '@timestamp': new Date(event.atMs).toISOString(),
      ecs: { version: ecsVersion },
      event: {
        ...{ id: event.id, kind: 'event', module: 'gatehouse', dataset: auditDataset },
        ...{ action, outcome, category, type, reason },
        sequence: event.position,
        hash: event.hash.toString('base64url'),
      },
      service: { name: service },
      ...(contactCenterId === undefined ? {} : { organization: { id: contactCenterId } }),
      ...(user?.id === undefined && user?.name === undefined ? {} : { user }),
      ...(clientAddress === undefined ? {} : { client: clientOf(clientAddress) }),
      http: { request: { id: description.correlationId } },
      gatehouse: description.gatehouse,
    },
  };
}

function clientOf(address: string) {
  // A link-local address with its zone is one to Node.js and none to Elasticsearch.
  return { address, ...(isIP(address) && !address.includes('%') ? { ip: address } : {}) };
}

/** Values of any shape, so they go as text: a field must not have two types. */
export function changesAsText(changes: FieldChanges): Record<string, { from?: string; to?: string }> {
  return Object.fromEntries(
    Object.entries(changes).map(([name, { from, to }]) => [
      name.replaceAll('.', '_'),
      {
        ...(from === undefined ? {} : { from: textOf(from) }),
        ...(to === undefined ? {} : { to: textOf(to) }),
      },
    ]),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
