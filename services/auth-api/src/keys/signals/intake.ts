/** Takes signals from the security events into the outbox; while PostgreSQL is away they wait in Redis. */
import { sha256 } from '@gatehouse/service-kit/crypto';
import type { Logger } from '@gatehouse/service-kit/observability';
import { type Pool, withAdvisoryLock } from '@gatehouse/service-kit/postgres';
import type { RedisClient } from '@gatehouse/service-kit/redis';
import type { RecordedAuditEvent } from '../../records/audit/event.ts';
import type { Outbox } from './outbox.ts';
import type { Receivers } from './receivers.ts';
import { claimsOf } from './security-event-token.ts';
import { type Signal, signalSchema, signalsOf } from './signal.ts';

export interface IntakeOptions {
  pool: Pool;
  redis: RedisClient;
  /** Name of the list in Redis. */
  waitingKey: string;
  receivers: Pick<Receivers, 'hasAny' | 'hasLimited' | 'of'>;
  outbox: Pick<Outbox, 'add'>;
  /** Where a person is known; for events that do not say it, or not of each place. */
  contactCentersOf(sub: string): Promise<string[]>;
  issuer: string;
  wake(): void;
  log: Logger;
}

const batchSize = 200;

export function createIntake(options: IntakeOptions) {
  const { pool, redis, waitingKey, receivers, outbox, contactCentersOf, issuer, wake, log } = options;

  const placesOf = async ({ contactCenterId, sub, isOfAccount = false }: Signal): Promise<string[]> => {
    const named = contactCenterId === undefined ? [] : [contactCenterId];
    const isWhole = contactCenterId !== undefined && !isOfAccount;
    if (isWhole || sub === undefined || !receivers.hasLimited()) return named;
    return [...named, ...(await contactCentersOf(sub))];
  };

  const keep = async (signal: Signal) => {
    const chosen = receivers.of(signal, await placesOf(signal));
    const claims = claimsOf(signal, issuer);
    await outbox.add(
      // Always the same, so that a signal that is kept twice is one.
      chosen.map(({ id }) => ({ jti: sha256(`${signal.id} ${id}`), receiverId: id, claims })),
      signal.atMs,
    );
    wake();
  };

  return {
    /** @throws AppError (503) without both stores */
    async take(event: RecordedAuditEvent): Promise<void> {
      if (!receivers.hasAny()) return;
      const kept = signalsOf(event).map((signal) =>
        keep(signal).catch((error) => {
          log.warn({ err: error, signal: signal.event }, 'a shared signal waits in Redis for PostgreSQL');
          return redis.rpush(waitingKey, JSON.stringify(signal));
        }),
      );
      await Promise.all(kept);
    },
    /** Moves what waits in Redis. */
    async drain(): Promise<void> {
      const waiting = await redis.lrange(waitingKey, 0, batchSize - 1);
      if (waiting.length === 0) return;
      await withAdvisoryLock(pool, 'signal-drain', async () => {
        for (const text of waiting) {
          await keep(signalSchema.parse(JSON.parse(text)));
          await redis.lrem(waitingKey, 1, text);
        }
      });
    },
  };
}
