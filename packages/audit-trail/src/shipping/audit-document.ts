/** Makes a document of the Elastic Common Schema from an audit event, and pseudonyms from names and addresses. */
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import { definedOnly } from '@gatehouse/contracts/values';
import type { FieldChanges } from '@gatehouse/service-kit/changes';
import type { Secret } from '@gatehouse/service-kit/crypto';
import type { ChainedEvent } from '../chain/trail.ts';
import { auditDataset } from '../elasticsearch/audit-assets.ts';
import type { Document } from '../elasticsearch/bulk.ts';

const ecsVersion = '8.11.0';

interface AuditDescription {
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
  /** Facts that ECS has no field for. */
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
        id: event.id,
        kind: 'event',
        module: 'gatehouse',
        dataset: auditDataset,
        action,
        outcome,
        category,
        type,
        reason,
        sequence: event.position,
        hash: event.hash.toString('base64url'),
      },
      service: { name: service },
      ...definedOnly({
        organization: contactCenterId === undefined ? undefined : { id: contactCenterId },
        user: user?.id === undefined && user?.name === undefined ? undefined : user,
        client: clientAddress === undefined ? undefined : clientOf(clientAddress),
      }),
      http: { request: { id: description.correlationId } },
      gatehouse: description.gatehouse,
    },
  };
}

function clientOf(address: string) {
  // Elasticsearch refuses a link-local address with its zone, which Node.js accepts.
  const ip = isIP(address) && !address.includes('%') ? address : undefined;
  return definedOnly({ address, ip });
}

/** Writes the values as text, because a field of Elasticsearch has one type. */
export function changesAsText(changes: FieldChanges): Record<string, { from?: string; to?: string }> {
  return Object.fromEntries(
    Object.entries(changes).map(([name, { from, to }]) => [
      name.replaceAll('.', '_'),
      definedOnly({ from: textOf(from), to: textOf(to) }),
    ]),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Replaces a value by its pseudonym; without a key it returns the value unchanged. */
export type Pseudonymise = (value: string) => string;

const pseudonymLength = 22;

export function createPseudonymise(key: Secret | undefined): Pseudonymise {
  if (key === undefined) return (value) => value;
  return (value) =>
    `p-${createHmac('sha256', key.reveal()).update(value).digest('base64url').slice(0, pseudonymLength)}`;
}
