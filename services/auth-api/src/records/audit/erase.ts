/** Erases personal data from security events in PostgreSQL and in the copies of Elasticsearch; the chain stays verifiable. */
import type { Pseudonymise } from '@gatehouse/audit-trail/shipping';
import type { AuditWorker } from '@gatehouse/audit-trail/worker';
import { inTransaction, type Pool } from '@gatehouse/service-kit/postgres';
import type { Actor } from '../../core/administration/actor.ts';
import type { AuditDrain } from './drain.ts';
import { type AuditWriter, actorFields } from './event.ts';
import { erasePersonalFacts, findPersonalNames } from './store.ts';

interface AuditErasureOptions {
  pool: Pool;
  /** @throws AppError 403 in a read-only region */
  requireWritable(): void;
  audit: AuditWriter;
  worker: AuditWorker;
  drain: Pick<AuditDrain, 'drainOnce'>;
  pseudonymise: Pseudonymise;
}

export function createAuditErasure(options: AuditErasureOptions) {
  const { pool, requireWritable, audit, worker, drain, pseudonymise } = options;
  return {
    /**
     * `user`: user name in any case, or sub. A repetition finishes what was interrupted.
     * @throws AppError 403 in a read-only region, 503 when Elasticsearch does not answer; PostgreSQL has been erased by then
     */
    async erase(user: string, actor: Actor): Promise<{ events: number; copies: number }> {
      requireWritable();
      // Otherwise the events that still wait would bring the name back.
      await drain.drainOnce();
      const { names, events } = await inTransaction(pool, async (client) => {
        const found = await findPersonalNames(client, user);
        const count = await worker.erase(client, () => erasePersonalFacts(client, user));
        await audit.inTransaction(client, {
          name: 'personal_data_erased',
          outcome: 'success',
          correlationId: actor.correlationId,
          clientAddress: actor.clientAddress,
          fields: { ...actorFields(actor), events: count },
        });
        return { names: found, events: count };
      });
      const copies = await worker.eraseCopies({
        userIds: [...new Set([user, ...names.subs])],
        userNames: [...new Set([user, ...names.userNames])].map(pseudonymise),
      });
      return { events, copies };
    },
  };
}
