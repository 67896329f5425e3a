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

  /** Resolves to how many entries have changed. */
  async function change(
    name: Change,
    cause: Cause,
    contactCenterId: string,
    work: (db: PoolClient) => Promise<readonly Changed[]>,
  ): Promise<number> {
    const count = await changes.inTransaction(async (transaction) => {
      const changed = await work(transaction.client);
      for (const one of changed) await record(transaction, name, cause, { ...one, contactCenterId });
      return changed.length;
    });
    known.forget();
    return count;
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
        return [{ sub: entry.sub, after }];
      });
      return after;
    },

    /** `evenLast`: also the last administrator of the list. @throws AppError 403, 404, 409 for the last one */
    async remove(
      { contactCenterId, sub, evenLast }: { contactCenterId: string; sub: string; evenLast: boolean },
      actor: Actor,
    ): Promise<void> {
      await change('appointee_removed', actor, contactCenterId, async (db) => {
        const present = await store.lockAppointees(db, contactCenterId);
        await requireAppointing(db, actor, contactCenterId);
        requireRemovable(present, sub, evenLast);
        return removedOf(await store.deleteAppointees(db, contactCenterId, sub));
      });
    },

    /** Whether administrators of the contact centre change the list. */
    async allow(contactCenterId: string, administratorsAppoint: boolean, actor: Actor): Promise<void> {
      await change('appointing_changed', actor, contactCenterId, async (db) => {
        if (!(await store.writeAppointing(db, contactCenterId, administratorsAppoint))) return [];
        const before = { administratorsAppoint: !administratorsAppoint };
        return [{ before, after: { administratorsAppoint } }];
      });
    },

    /** Without the question who may change the list. Resolves to how many entries there were. */
    forgetPerson: ({ contactCenterId, sub }: PersonKey, actor: Actor): Promise<number> =>
      change('appointee_removed', actor, contactCenterId, async (db) =>
        removedOf(await store.deleteAppointees(db, contactCenterId, sub)),
      ),

    /** Of a contact centre that was deleted: one that is made under its id has other people. */
    async forgetContactCenter(contactCenterId: string): Promise<void> {
      const { administratorsAppoint, administrators } = await list(contactCenterId);
      if (!administratorsAppoint && administrators.length === 0) return;
      await change('appointee_removed', deletionOf(contactCenterId), contactCenterId, async (db) => {
        await store.deleteAppointing(db, contactCenterId);
        return removedOf(await store.deleteAppointees(db, contactCenterId));
      });
    },
  };
}

/** @throws AppError 404, 409 for the last administrator */
function requireRemovable(present: readonly store.Appointee[], sub: string, evenLast: boolean): void {
  const before = present.find((one) => one.sub === sub);
  if (before === undefined) throw notFound('The list of the contact centre has no such person');
  const isLast = present.every((one) => one.sub === sub || !one.rights.includes('administrator'));
  if (before.rights.includes('administrator') && isLast && !evenLast)
    throw conflict(
      'This is the last administrator on the list of the contact centre: send evenLast=true to remove the person all the same',
      { reason: 'last_one' },
    );
}

const removedOf = (entries: readonly store.Appointee[]): Changed[] =>
  entries.map((entry) => ({ sub: entry.sub, before: appointeeViewOf(entry) }));

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
