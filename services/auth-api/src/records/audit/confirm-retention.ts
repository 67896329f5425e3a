/** Lets an administrator confirm deletions that are larger than a clock may cause. */
import { createDeletionBounds, inTransaction, type Pool } from '@gatehouse/service-kit/postgres';
import type { Actor } from '../../core/administration/actor.ts';
import { type AuditWriter, actorFields } from './event.ts';

interface RetentionOptions {
  pool: Pool;
  /** @throws AppError 403 in a read-only region */
  requireWritable(): void;
  audit: AuditWriter;
}

export function createRetention({ pool, requireWritable, audit }: RetentionOptions) {
  const bounds = createDeletionBounds(pool, 'auth');
  return {
    waiting: bounds.waiting,
    /** They happen within the hour. @throws AppError 403 in a read-only region */
    async confirm(actor: Actor) {
      requireWritable();
      return inTransaction(pool, async (client) => {
        const deletions = await bounds.confirm(client);
        if (deletions.length > 0)
          await audit.inTransaction(client, {
            name: 'retention_confirmed',
            outcome: 'success',
            correlationId: actor.correlationId,
            clientAddress: actor.clientAddress,
            fields: {
              ...actorFields(actor),
              deletions: deletions.map(
                ({ name, from, to }) => `${name} ${from.toISOString()} ${to.toISOString()}`,
              ),
            },
          });
        return deletions;
      });
    },
  };
}
