/** Makes every change of a client one transaction with its audit row and its change record. */

import type { SecretVerifier } from '@gatehouse/caller-auth/credentials';
import type { ChangeLog, ChangeTransaction } from '@gatehouse/service-kit/changes';
import { forbidden, notFound } from '@gatehouse/service-kit/errors';
import { requireMatch } from '@gatehouse/service-kit/http';
import type { Actor } from '../../core/administration/actor.ts';
import type { DomainEvent } from '../../core/domain-event.ts';
import { type AuditEventName, type AuditWriter, actorFields } from '../../records/audit/event.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import type { Client } from './client.ts';
import { endedByChange } from './narrowing.ts';
import { lockClient } from './store.ts';
import { auditedChanges } from './view.ts';

/** The writer, and the version that they expect (If-Match). */
export interface Writer extends Actor {
  ifMatch?: string | undefined;
}

export interface ClientChangesOptions {
  changes: ChangeLog;
  audit: AuditWriter;
  /** Listeners drop their copies of the client here at once. */
  changed: Pick<DomainEvent<[clientId: string]>, 'announce'>;
  verifier: Pick<SecretVerifier, 'forget'>;
  revocations: Revocations;
  /** Clients that come from configuration: nobody administers them here. */
  configuredIds: readonly string[];
}

/** `before` is undefined for a created client, `after` for a deleted one. */
interface Change {
  before: Client | undefined;
  after: Client | undefined;
}

export function createClientChanges(options: ClientChangesOptions) {
  const { changes, audit, changed, verifier, revocations } = options;

  /** Drops cached copies of the client here at once; other replicas follow the change record. */
  async function change<T extends Change>(
    clientId: string,
    event: AuditEventName,
    actor: Actor,
    work: (transaction: ChangeTransaction) => Promise<T>,
  ): Promise<T> {
    const result = await changes.inTransaction(async (transaction) => {
      const done = await work(transaction);
      await audit.inTransaction(transaction.client, {
        name: event,
        outcome: 'success',
        clientId,
        correlationId: actor.correlationId,
        clientAddress: actor.clientAddress,
        fields: { ...actorFields(actor), changes: auditedChanges(done.before, done.after) },
      });
      transaction.record({ entity: 'client', id: clientId });
      return done;
    });
    verifier.forget();
    await changed.announce(clientId);
    return result;
  }

  /** Before the commit, so that no token keeps rights that the registration has lost. */
  async function endTokens({ client: db }: ChangeTransaction, { before, after }: Change): Promise<void> {
    if (before !== undefined) await revocations.revokeAll(endedByChange(before, after), db);
  }

  /** @throws AppError (403) */
  function requireStored(clientId: string): void {
    if (options.configuredIds.includes(clientId))
      throw forbidden(
        `The client ${clientId} comes from the configuration of the installation: it is not administered here`,
      );
  }

  /** Locks the client until the transaction ends. @throws AppError (403, 404, 412) */
  async function hold({ client: db }: ChangeTransaction, clientId: string, { ifMatch }: Writer) {
    requireStored(clientId);
    const current = (await lockClient(db, clientId)) ?? missing(clientId);
    requireMatch(ifMatch, current.version);
    return current;
  }

  return { change, endTokens, requireStored, hold };
}

export function missing(clientId: string): never {
  throw notFound(`There is no client ${JSON.stringify(clientId.slice(0, 128))}`);
}
