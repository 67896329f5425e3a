/** Erases what security events say of a person: in PostgreSQL and in the copies of Elasticsearch. The chain holds all the same. */

import type { Pseudonymise } from '@gatehouse/audit-trail/shipping/audit-document';
import type { AuditWorker } from '@gatehouse/audit-trail/worker/audit-worker';
import { inTransaction, type Pool } from '@gatehouse/service-kit/postgres/pool';
import type { AuditWriter } from './event.ts';
import { erasePersonalFacts, findPersonalNames } from './store.ts';

export interface AuditErasure {
  /**
   * `user`: user name in any case, or sub. Repeating it finishes what was interrupted.
   * @throws AppError 503 when Elasticsearch does not answer: here everything is erased by then
   */
  erase(
    user: string,
    actor: { name: string; correlationId: string; clientAddress: string },
  ): Promise<{ events: number; copies: number }>;
}

export interface AuditErasureOptions {
  pool: Pool;
  audit: AuditWriter;
  auditWorker: AuditWorker;
  /** Brings what waits in Redis into PostgreSQL. */
  drain(): Promise<number>;
  pseudonymise: Pseudonymise;
}

export function createAuditErasure(options: AuditErasureOptions): AuditErasure {
  const { pool, audit, auditWorker, drain, pseudonymise } = options;
  return {
    async erase(user, actor) {
      // What is still on its way would arrive with the name.
      await drain();
      const { names, events } = await inTransaction(pool, async (client) => {
        const found = await findPersonalNames(client, user);
        const count = await auditWorker.erase(client, () => erasePersonalFacts(client, user));
        await audit.inTransaction(client, {
          name: 'personal_data_erased',
          outcome: 'success',
          correlationId: actor.correlationId,
          clientAddress: actor.clientAddress,
          fields: { actor: actor.name, events: count },
        });
        return { names: found, events: count };
      });
      const copies = await auditWorker.eraseCopies({
        userIds: [...new Set([user, ...names.subs])],
        userNames: [...new Set([user, ...names.userNames])].map(pseudonymise),
      });
      return { events, copies };
    },
  };
}
