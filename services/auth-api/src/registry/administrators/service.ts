/** Lists, adds and removes installation administrators. Every change is one transaction with its event and its announcement. */
import type { AdministratorView } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { type ChangeLog, type ChangeTransaction, diff } from '@gatehouse/service-kit/changes';
import type { Clock } from '@gatehouse/service-kit/clock';
import { conflict, notFound } from '@gatehouse/service-kit/errors';
import type { Pool, PoolClient } from '@gatehouse/service-kit/postgres';
import type { Actor } from '../../core/administration/actor.ts';
import { type AuditWriter, actorFields, type Cause, deletionOf } from '../../records/audit/event.ts';
import type { KnownAdministrators } from './known-administrators.ts';
import {
  deleteAdministrator,
  deleteAdministratorsAt,
  insertAdministrator,
  listAdministrators,
  lockAdministrator,
  type StoredAdministrator,
  saveAdministrator,
} from './store.ts';

/** Name of the change that tells the other replicas. */
export const administratorEntity = 'installation-administrator';

export interface AdministratorServiceOptions {
  pool: Pool;
  changes: ChangeLog;
  known: Pick<KnownAdministrators, 'forget'>;
  audit: Pick<AuditWriter, 'inTransaction'>;
  now: Clock;
}

type NewEntry = Pick<StoredAdministrator, 'sub' | 'name'> & {
  contactCenterId: string;
  way: string;
  note?: string | undefined;
};

interface Entries {
  before?: StoredAdministrator;
  after?: StoredAdministrator;
}

export type AdministratorService = ReturnType<typeof createAdministratorService>;

export function createAdministratorService({
  pool,
  changes,
  known,
  audit,
  now,
}: AdministratorServiceOptions) {
  type Change = 'administrator_added' | 'administrator_removed';

  const recordChange = async (
    { client, record }: ChangeTransaction,
    name: Change,
    cause: Cause,
    { before, after }: Entries,
  ) => {
    const sub = (after ?? before)?.sub ?? '';
    await audit.inTransaction(client, {
      name,
      outcome: 'success',
      sub,
      correlationId: cause.correlationId,
      clientAddress: cause.clientAddress,
      fields: { ...actorFields(cause), changes: diff(auditedOf(before), auditedOf(after)) },
    });
    record({ entity: administratorEntity, id: sub });
  };

  /** Resolves to how many entries have changed. */
  const change = async (name: Change, by: Cause, work: (db: PoolClient) => Promise<readonly Entries[]>) => {
    const count = await changes.inTransaction(async (transaction) => {
      const changed = await work(transaction.client);
      for (const entries of changed) await recordChange(transaction, name, by, entries);
      return changed.length;
    });
    known.forget();
    return count;
  };

  return {
    /** In the order in which they were added. */
    list: (): Promise<StoredAdministrator[]> => listAdministrators(pool),

    /** Also mends the entry of a person that gives no right. @throws AppError 409 if the person has one that does */
    async add({ note, ...person }: NewEntry, actor: Actor): Promise<StoredAdministrator> {
      const after = { ...person, note: note ?? null, addedBy: actor.name, addedAt: new Date(now()) };
      await change('administrator_added', actor, async (db) => {
        const before = await lockAdministrator(db, person.sub);
        if (!(await insertAdministrator(db, after)))
          throw conflict('The person is an installation administrator already', {
            field: 'data.user',
            reason: 'already_so',
          });
        return [{ after, ...(before && { before }) }];
      });
      return after;
    },

    /**
     * Makes the entry of the person what is given; a note that is left out stays. Another place or way is a new entry: whoever
     * signed in before it has proved nothing.
     */
    async put({ note, ...person }: NewEntry, actor: Actor): Promise<void> {
      await change('administrator_added', actor, async (db) => {
        const before = await lockAdministrator(db, person.sub);
        const isSame = before?.contactCenterId === person.contactCenterId && before.way === person.way;
        const added = isSame ? before : { addedBy: actor.name, addedAt: new Date(now()) };
        const { addedBy, addedAt } = added;
        const after = { ...person, note: note ?? before?.note ?? null, addedBy, addedAt };
        await saveAdministrator(db, after);
        return [{ after, ...(before && { before }) }];
      });
    },

    /** Takes oneself off the list, too. @throws AppError 404 */
    async remove(sub: string, actor: Actor): Promise<void> {
      await change('administrator_removed', actor, async (db) => {
        const before = await deleteAdministrator(db, sub);
        if (before === undefined) throw notFound('There is no such installation administrator');
        return [{ before }];
      });
    },

    /** Of a person who is gone. Resolves to how many entries there were. */
    forgetPerson: (subs: readonly string[], actor: Actor): Promise<number> =>
      change('administrator_removed', actor, async (db) => {
        const removed: Entries[] = [];
        for (const sub of subs) {
          const before = await deleteAdministrator(db, sub);
          if (before !== undefined) removed.push({ before });
        }
        return removed;
      }),

    /** Of a contact centre that was deleted: one that is made under its id has other people. */
    async forgetContactCenter(id: string): Promise<void> {
      const isListed = (await listAdministrators(pool)).some(({ contactCenterId }) => contactCenterId === id);
      if (!isListed) return;
      await change('administrator_removed', deletionOf(id), async (db) =>
        (await deleteAdministratorsAt(db, id)).map((before) => ({ before })),
      );
    },
  };
}

export function administratorViewOf(entry: StoredAdministrator): AdministratorView {
  const { sub, name, contactCenterId, way, note, addedBy, addedAt } = entry;
  const known = {
    contactCenterId: contactCenterId ?? undefined,
    way: way ?? undefined,
    note: note ?? undefined,
  };
  return { sub, name, ...definedOnly(known), addedBy, addedAt: addedAt.toISOString() };
}

export type { StoredAdministrator };

/** Whether an entry names place and way; one that does not gives no right. */
export function isWhole({ contactCenterId, way }: StoredAdministrator): boolean {
  return contactCenterId !== null && way !== null;
}

function auditedOf(row: StoredAdministrator | undefined) {
  return row && { ...administratorViewOf(row) };
}
