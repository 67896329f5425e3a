/** Makes a change of a receiver one transaction with its audit row and its change record. */
import { definedOnly } from '@gatehouse/contracts/values';
import { type ChangeLog, type ChangeTransaction, diff, hiddenValue } from '@gatehouse/service-kit/changes';
import type { PoolClient } from '@gatehouse/service-kit/postgres';
import type { Actor } from '../../core/administration/actor.ts';
import { type AuditWriter, actorFields, type Cause } from '../../records/audit/event.ts';
import type { Receiver } from './receiver-store.ts';

/** Name of the change that tells the other replicas. */
export const receiverEntity = 'signal-receiver';

type Change = 'signal_receiver_created' | 'signal_receiver_updated' | 'signal_receiver_deleted';

interface Versions {
  before?: Receiver;
  after?: Receiver;
}

interface ReceiverChangesOptions {
  changes: ChangeLog;
  audit: Pick<AuditWriter, 'inTransaction'>;
  reload(): Promise<void>;
}

export function createReceiverChanges({ changes, audit, reload }: ReceiverChangesOptions) {
  const recordChange = async (
    { client, record }: ChangeTransaction,
    { name, id, cause }: { name: Change; id: string; cause: Cause },
    result: Versions,
  ) => {
    await audit.inTransaction(client, {
      name,
      outcome: 'success',
      correlationId: cause.correlationId,
      clientAddress: cause.clientAddress,
      fields: { ...actorFields(cause), receiver: id, changes: changesOf(result) },
    });
    record({ entity: receiverEntity, id });
  };

  const change = async (
    name: Change,
    id: string,
    actor: Actor,
    work: (db: PoolClient) => Promise<Versions>,
  ) => {
    const done = await changes.inTransaction(async (transaction) => {
      const result = await work(transaction.client);
      await recordChange(transaction, { name, id, cause: actor }, result);
      return result;
    });
    await reload();
    return done;
  };

  return { recordChange, change };
}

function changesOf({ before, after }: Versions) {
  const {
    bearerToken: token,
    updatedAt: _updatedAt,
    createdAt: _createdAt,
    ...fields
  } = diff(before && { ...before }, after && { ...after });
  if (token === undefined) return fields;
  const hidden = (value: unknown) => (value ? hiddenValue : undefined);
  return { ...fields, bearerToken: definedOnly({ from: hidden(token.from), to: hidden(token.to) }) };
}
