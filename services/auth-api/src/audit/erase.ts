/** Erases what security events say of a person: in PostgreSQL and in the copies of Elasticsearch. The chain holds all the same. */

import type { Disguise } from '@gatehouse/audit-trail/chain/disguise';
import type { AuditKeeper } from '@gatehouse/audit-trail/chain/keeper';
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
  auditKeeper: AuditKeeper;
  /** Brings what waits in Redis into PostgreSQL. */
  drain(): Promise<number>;
  disguise: Disguise;
}

export function createAuditErasure(options: AuditErasureOptions): AuditErasure {
  const { pool, audit, auditKeeper, drain, disguise } = options;
  return {
    async erase(user, actor) {
      // What is still on its way would arrive with the name.
      await drain();
      const { names, events } = await inTransaction(pool, async (client) => {
        const found = await findPersonalNames(client, user);
        const count = await auditKeeper.erase(client, () => erasePersonalFacts(client, user));
        await audit.inTransaction(client, {
          name: 'personal_data_erased',
          outcome: 'success',
          correlationId: actor.correlationId,
          clientAddress: actor.clientAddress,
          fields: { actor: actor.name, events: count },
        });
        return { names: found, events: count };
      });
      const copies = await auditKeeper.eraseCopies({
        userIds: [...new Set([user, ...names.subs])],
        userNames: [...new Set([user, ...names.userNames])].map(disguise),
      });
      return { events, copies };
    },
  };
}
