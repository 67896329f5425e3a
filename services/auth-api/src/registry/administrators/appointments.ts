/** Lists, adds and removes people with a right in one contact centre. Every change is one transaction with its event and its announcement. */
import type { AppointeeView, AppointmentsView } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { type ChangeLog, type ChangeTransaction, diff } from '@gatehouse/service-kit/changes';
import type { Clock } from '@gatehouse/service-kit/clock';
import { conflict, forbidden, notFound } from '@gatehouse/service-kit/errors';
import type { Pool, PoolClient } from '@gatehouse/service-kit/postgres';
import type { Actor } from '../../core/administration/actor.ts';
import { type AuditWriter, actorFields, type Cause, deletionOf } from '../../records/audit/event.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import * as store from './appointments-store.ts';
import type { KnownAdministrators } from './known-administrators.ts';

/** Name of the change that tells the other replicas. */
export const appointmentEntity = 'contact-centre-administrator';

type Change = 'appointee_added' | 'appointee_removed' | 'appointing_changed';

interface Changed {
  sub?: string;
  before?: Readonly<Record<string, unknown>>;
  after?: Readonly<Record<string, unknown>>;
}

export type Appointments = ReturnType<typeof createAppointments>;

export function createAppointments({
  pool,
  changes,
  known,
  audit,
  now,
}: {
  pool: Pool;
  changes: ChangeLog;
  known: Pick<KnownAdministrators, 'forget'>;
  audit: Pick<AuditWriter, 'inTransaction'>;
  now: Clock;
}) {
  async function record(
    { client, record }: ChangeTransaction,
    name: Change,
    cause: Cause,
    { contactCenterId, sub, before, after }: Changed & { contactCenterId: string },
  ): Promise<void> {
    await audit.inTransaction(client, {
      name,
      outcome: 'success',
      contactCenterId,
      ...definedOnly({ sub }),
      correlationId: cause.correlationId,
      clientAddress: cause.clientAddress,
      fields: { ...actorFields(cause), changes: diff(before, after) },
    });
    record({ entity: appointmentEntity, id: contactCenterId });
  }

  /** `work` gives what has changed, or nothing. */
  async function change(
    name: Change,
    actor: Actor,
    contactCenterId: string,
    work: (db: PoolClient) => Promise<Changed | undefined>,
  ): Promise<void> {
    await changes.inTransaction(async (transaction) => {
      const changed = await work(transaction.client);
      if (changed !== undefined) await record(transaction, name, actor, { ...changed, contactCenterId });
    });
    known.forget();
  }

  async function list(contactCenterId: string): Promise<AppointmentsView> {
    const [administratorsAppoint, appointees] = await Promise.all([
      store.readAppointing(pool, contactCenterId),
      store.listAppointees(pool, contactCenterId),
    ]);
    return { administratorsAppoint, administrators: appointees.map(appointeeViewOf) };
  }

  return {
    list,

    /** @throws AppError 403, 409 if the person is on the list */
    async add({ contactCenterId, note, ...person }: AppointedPerson, actor: Actor): Promise<AppointeeView> {
      // An entry outlives the group that made its author an administrator.
      if (person.sub === actor.name)
        throw forbidden('Nobody gives a right to themselves: ask another administrator', {
          reason: 'own_right',
        });
      const entry = { ...person, note: note ?? null, addedBy: actor.name, addedAt: new Date(now()) };
      const after = appointeeViewOf(entry);
      await change('appointee_added', actor, contactCenterId, async (db) => {
        await requireAppointing(db, actor, contactCenterId);
        if (!(await store.insertAppointee(db, contactCenterId, entry)))
          throw conflict('The person is on the list: take them off first to give other rights', {
            field: 'data.user',
            reason: 'already_so',
          });
        return { sub: entry.sub, after };
      });
      return after;
    },

    /** `evenLast`: also the last administrator of the list. @throws AppError 403, 404, 409 for the last one */
    remove: (
      { contactCenterId, sub, evenLast }: { contactCenterId: string; sub: string; evenLast: boolean },
      actor: Actor,
    ): Promise<void> =>
      change('appointee_removed', actor, contactCenterId, async (db) => {
        const present = await store.lockAppointees(db, contactCenterId);
        await requireAppointing(db, actor, contactCenterId);
        const before = present.find((one) => one.sub === sub);
        if (before === undefined) throw notFound('The list of the contact centre has no such person');
        const isLast = present.every((one) => one.sub === sub || !one.rights.includes('administrator'));
        if (before.rights.includes('administrator') && isLast && !evenLast)
          throw conflict(
            'This is the last administrator on the list of the contact centre: send evenLast=true to remove the person all the same',
            { reason: 'last_one' },
          );
        await store.deleteAppointee(db, contactCenterId, sub);
        return { sub, before: appointeeViewOf(before) };
      }),

    /** Whether administrators of the contact centre change the list. */
    allow: (contactCenterId: string, administratorsAppoint: boolean, actor: Actor): Promise<void> =>
      change('appointing_changed', actor, contactCenterId, async (db) => {
        if (!(await store.writeAppointing(db, contactCenterId, administratorsAppoint))) return undefined;
        return {
          before: { administratorsAppoint: !administratorsAppoint },
          after: { administratorsAppoint },
        };
      }),

    ...createForgetting({ changes, record, list, known }),
  };
}

type Recording = (
  transaction: ChangeTransaction,
  name: Change,
  cause: Cause,
  changed: Changed & { contactCenterId: string },
) => Promise<void>;

/** Takes out what nobody decides about: people who are gone, and contact centres. */
function createForgetting({
  changes,
  record,
  list,
  known,
}: {
  changes: ChangeLog;
  record: Recording;
  list(contactCenterId: string): Promise<AppointmentsView>;
  known: Pick<KnownAdministrators, 'forget'>;
}) {
  return {
    /** Without the question who may change the list. Resolves to how many entries there were. */
    async forgetPerson({ contactCenterId, sub }: PersonKey, actor: Actor): Promise<number> {
      const before = (await list(contactCenterId)).administrators.find((one) => one.sub === sub);
      if (before === undefined) return 0;
      await changes.inTransaction(async (transaction) => {
        await store.deleteAppointee(transaction.client, contactCenterId, sub);
        await record(transaction, 'appointee_removed', actor, { contactCenterId, sub, before });
      });
      known.forget();
      return 1;
    },

    /** Of a contact centre that was deleted: one that is made under its id has other people. */
    async forgetContactCenter(contactCenterId: string): Promise<void> {
      const { administratorsAppoint, administrators } = await list(contactCenterId);
      if (!administratorsAppoint && administrators.length === 0) return;
      const cause = deletionOf(contactCenterId);
      await changes.inTransaction(async (transaction) => {
        for (const removed of await store.deleteAppointeesAt(transaction.client, contactCenterId)) {
          const before = appointeeViewOf(removed);
          await record(transaction, 'appointee_removed', cause, {
            contactCenterId,
            sub: removed.sub,
            before,
          });
        }
      });
      known.forget();
    },
  };
}

type AppointedPerson = Pick<AppointeeView, 'rights' | 'way'> & {
  sub: string;
  name: string;
  contactCenterId: string;
  note?: string | undefined;
};

function appointeeViewOf({ note, addedAt, ...entry }: store.Appointee): AppointeeView {
  return { ...entry, ...(note === null ? {} : { note }), addedAt: addedAt.toISOString() };
}

/** An administrator of the contact centre may have lost the permission since the request came. @throws AppError 403 */
async function requireAppointing(db: PoolClient, { within }: Actor, contactCenterId: string): Promise<void> {
  if (within === undefined || (await store.readAppointing(db, contactCenterId))) return;
  throw forbidden(
    'Administrators of this contact centre may not change its list: ask an administrator of the installation',
    { reason: 'appointing_not_allowed' },
  );
}
