/** Erases personal data from security events in PostgreSQL and in the copies of Elasticsearch; the chain stays verifiable. */
import type { ErasedCopies, Pseudonymise } from '@gatehouse/audit-trail/shipping';
import type { AuditWorker } from '@gatehouse/audit-trail/worker';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { unavailable } from '@gatehouse/service-kit/errors';
import { inTransaction, type Pool, type Queryable } from '@gatehouse/service-kit/postgres';
import type { Actor } from '../../core/administration/actor.ts';
import { type AuditWriter, actorFields } from './event.ts';
import {
  correlationIdsOf,
  countPersonEvents,
  erasePersonEvents,
  findPersons,
  markErased,
  type PersonInEvents,
} from './person-events.ts';
import { erasePersonalFacts, findPersonalNames } from './store.ts';

interface AuditErasureOptions {
  pool: Pool;
  /** @throws AppError 403 in a read-only region */
  requireWritable(): void;
  audit: AuditWriter;
  worker: Pick<AuditWorker, 'erase' | 'eraseCopies'>;
  /** Resolves when the events so far are stored. @throws while they cannot be */
  drained(): Promise<void>;
  pseudonymise: Pseudonymise;
  now: Clock;
  /** No token and no session lives longer. */
  maxLifeMs: number;
}

interface Erasing {
  copies: ErasedCopies;
  /** Resolves the numbers of the events. */
  events(transaction: Queryable): Promise<string[]>;
  contactCenterId?: string | undefined;
}

export type AuditErasure = ReturnType<typeof createAuditErasure>;

export function createAuditErasure(options: AuditErasureOptions) {
  const { pool, requireWritable, audit, worker, drained, pseudonymise, now, maxLifeMs } = options;

  const storeAll = async () => {
    requireWritable();
    // Otherwise the events that still wait would bring the name back.
    await drained().catch((cause: unknown) => {
      throw unavailable('Redis or PostgreSQL', { cause });
    });
  };

  /** The copies come first: with the events, a repetition would not know any more which copies are the person's. */
  const eraseAll = async ({ copies, events, contactCenterId }: Erasing, actor: Actor) => {
    const copied = await worker.eraseCopies(copies);
    const count = await inTransaction(pool, async (client) => {
      const erased = await worker.erase(client, () => events(client));
      await audit.inTransaction(client, {
        name: 'personal_data_erased',
        outcome: 'success',
        ...definedOnly({ contactCenterId }),
        correlationId: actor.correlationId,
        clientAddress: actor.clientAddress,
        fields: { ...actorFields(actor), events: erased },
      });
      return erased;
    });
    // Events that were shipped in between.
    return { events: count, copies: copied + (await worker.eraseCopies(copies)) };
  };

  return {
    /**
     * `user`: user name in any case, or sub. A repetition finishes what was interrupted.
     * @throws AppError 403 in a read-only region, 503 when Elasticsearch does not answer: then nothing is erased
     */
    async erase(user: string, actor: Actor): Promise<{ events: number; copies: number }> {
      await storeAll();
      const { subs, userNames } = await findPersonalNames(pool, user);
      const copies = {
        userIds: [...new Set([user, ...subs])],
        userNames: [...new Set([user, ...userNames])].map(pseudonymise),
      };
      return eraseAll({ copies, events: (client) => erasePersonalFacts(client, user) }, actor);
    },
    persons: (userName: string, places: readonly string[]) => findPersons(pool, userName, places),
    count: (person: PersonInEvents) => countPersonEvents(pool, person),
    correlationIds: (person: PersonInEvents, days: number) => correlationIdsOf(pool, person, days),
    /** Before anything ends: what is written from now on names the person no more. @throws AppError 403 in a read-only region */
    async mark(person: PersonInEvents): Promise<void> {
      requireWritable();
      await markErased(pool, person, { atMs: now(), keptMs: maxLifeMs });
    },
    /** As `erase`, of one person alone: somebody else may have the name elsewhere. */
    async erasePerson(person: PersonInEvents, actor: Actor, contactCenterId: string) {
      await storeAll();
      const { persons, isConfined, userName, places, untilMs } = person;
      const copies = definedOnly({
        userIds: [...new Set(persons.map(({ sub }) => sub))],
        userNames: [...new Set([userName, userName.toLowerCase()])].map(pseudonymise),
        idsWithin: isConfined ? persons.map((one) => one.contactCenterId) : undefined,
        namesWithin: places,
        namesUntilMs: untilMs,
      });
      const events = (client: Queryable) => erasePersonEvents(client, person);
      return eraseAll({ copies, events, contactCenterId }, actor);
    },
  };
}
