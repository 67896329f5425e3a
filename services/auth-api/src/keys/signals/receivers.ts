/** Administers the receivers of shared signals. */
import type { SignalReceiverView } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { type AppError, badRequest, notFound } from '@gatehouse/service-kit/errors';
import type { PoolClient } from '@gatehouse/service-kit/postgres';
import type { Actor } from '../../core/administration/actor.ts';
import type { Core } from '../../core/domain.ts';
import { type AuditWriter, deletionOf } from '../../records/audit/event.ts';
import { createKnownReceivers } from './known-receivers.ts';
import { createReceiverChanges } from './receiver-changes.ts';
import {
  bearerTokenPlace,
  deleteReceiver,
  listReceivers,
  lockReceiver,
  lockReceiversOf,
  type Receiver,
  saveReceiver,
} from './receiver-store.ts';
import type { NewReceiver, ReceiverPatch } from './schemas.ts';

export type Receivers = ReturnType<typeof createReceivers>;

export function createReceivers(core: Core, audit: AuditWriter) {
  const { pool, changes, secretBox, addresses, now, log } = core;
  const known = createKnownReceivers(pool, log);
  const { recordChange, change } = createReceiverChanges({ changes, audit, reload: known.reload });

  const sealed = (id: string, token: string) => secretBox.seal(token, bearerTokenPlace(id));

  /** A call must not reach what only this machine can reach; names are checked when they are resolved. @throws AppError 400 */
  const requireEndpoint = (endpoint: string) => {
    const problem = addresses.problemOf(endpoint);
    if (problem !== undefined) throw fieldError('endpoint', problem.message);
  };

  const hold = async (db: PoolClient, id: string) => (await lockReceiver(db, id)) ?? missing();

  return {
    ...known,
    bearerOf: ({ id, bearerToken }: Receiver): string | undefined =>
      bearerToken === null ? undefined : secretBox.open(bearerToken, bearerTokenPlace(id)).toString('utf8'),

    requireEndpoint,
    list: (): Promise<Receiver[]> => listReceivers(pool),
    /** @throws AppError (404) */
    async get(id: string): Promise<Receiver> {
      return (await listReceivers(pool)).find((receiver) => receiver.id === id) ?? missing();
    },
    /** @throws AppError (400) */
    async create({ bearerToken, ...fields }: NewReceiver, actor: Actor): Promise<Receiver> {
      requireEndpoint(fields.endpoint);
      const id = randomUuid();
      const at = new Date(now());
      const token = bearerToken === undefined ? null : sealed(id, bearerToken);
      const after = { ...fields, id, bearerToken: token, createdAt: at, updatedAt: at };
      await change('signal_receiver_created', id, actor, async (db) => {
        await saveReceiver(db, after);
        return { after };
      });
      return after;
    },
    /** Fields that are left out keep their value. @throws AppError (400, 404) */
    async update(id: string, { bearerToken, ...patch }: ReceiverPatch, actor: Actor): Promise<Receiver> {
      if (patch.endpoint !== undefined) requireEndpoint(patch.endpoint);
      const { after = missing() } = await change('signal_receiver_updated', id, actor, async (db) => {
        const before = await hold(db, id);
        const moves = patch.endpoint !== undefined && patch.endpoint !== before.endpoint;
        // An administrator who does not know the token could have it sent to a server of their own.
        if (moves && bearerToken === undefined && before.bearerToken !== null)
          throw fieldError(
            'bearerToken',
            'must come with another endpoint, or null: the stored one is for the former',
          );
        const token = typeof bearerToken === 'string' ? sealed(id, bearerToken) : bearerToken;
        const after = {
          ...before,
          ...definedOnly(patch),
          bearerToken: token === undefined ? before.bearerToken : token,
          updatedAt: new Date(now()),
        };
        await saveReceiver(db, after);
        return { before, after };
      });
      return after;
    },
    /** @throws AppError (404) */
    async remove(id: string, actor: Actor): Promise<void> {
      await change('signal_receiver_deleted', id, actor, async (db) => {
        const before = await hold(db, id);
        await deleteReceiver(db, id);
        return { before };
      });
    },
    /**
     * Of a contact centre that was deleted: one that is made under its id has other people. A receiver of this contact centre alone
     * goes, because one that names none is told of all.
     */
    async forgetContactCenter(gone: string): Promise<void> {
      if (!(await listReceivers(pool)).some(({ contactCenterIds }) => contactCenterIds.includes(gone)))
        return;
      const cause = deletionOf(gone);
      await changes.inTransaction(async (transaction) => {
        for (const before of await lockReceiversOf(transaction.client, gone)) {
          const { id } = before;
          const contactCenterIds = before.contactCenterIds.filter((one) => one !== gone);
          if (contactCenterIds.length === 0) {
            await deleteReceiver(transaction.client, id);
            await recordChange(transaction, { name: 'signal_receiver_deleted', id, cause }, { before });
          } else {
            const after = { ...before, contactCenterIds, updatedAt: new Date(now()) };
            await saveReceiver(transaction.client, after);
            await recordChange(
              transaction,
              { name: 'signal_receiver_updated', id, cause },
              { before, after },
            );
          }
        }
      });
      await known.reload();
    },
  };
}

/** Without the token. */
export function receiverViewOf({
  bearerToken,
  createdAt,
  updatedAt,
  ...receiver
}: Receiver): SignalReceiverView {
  return {
    ...receiver,
    hasBearerToken: bearerToken !== null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function fieldError(field: string, message: string): AppError {
  return badRequest(`data.${field}: ${message}`, { problems: [{ field: `data.${field}`, message }] });
}

function missing(): never {
  throw notFound('There is no such receiver of signals');
}
