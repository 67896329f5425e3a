/** Takes signals from the security events into the outbox; while PostgreSQL is away they wait in Redis. */
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { withAdvisoryLock } from '@gatehouse/service-kit/postgres';
import type { Core } from '../../core/domain.ts';
import type { RecordedAuditEvent } from '../../records/audit/event.ts';
import type { Outbox } from './outbox.ts';
import type { Receivers } from './receivers.ts';
import { claimsOf } from './security-event-token.ts';
import { type Signal, signalSchema, signalsOf } from './signal.ts';

interface IntakeOptions {
  receivers: Pick<Receivers, 'hasAny' | 'hasLimited' | 'of'>;
  outbox: Pick<Outbox, 'add'>;
  /** Where a person is known; for events that do not say it, or not of each place. */
  contactCentersOf(sub: string): Promise<string[]>;
  /** Lets what was kept be delivered. */
  wake(): void;
}

const batchSize = 200;
const drainIntervalMs = 5_000;

export function createIntake(core: Core, options: IntakeOptions) {
  const { writer: pool, redis, keyspace, issuer, log } = core;
  const { receivers, outbox, contactCentersOf, wake } = options;
  const waitingKey = keyspace.name('signals-waiting');

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

  /** Moves what waits in Redis. */
  const drain = createRepeatingWork({
    log,
    when: 'always',
    intervalMs: drainIntervalMs,
    failing: 'shared signals wait in Redis: they could not be stored',
    recovered: 'shared signals are stored again',
    async round() {
      const waiting = await redis.lrange(waitingKey, 0, batchSize - 1);
      if (waiting.length === 0) return false;
      await withAdvisoryLock(pool, 'signal-drain', async () => {
        for (const text of waiting) {
          await keep(signalSchema.parse(JSON.parse(text)));
          await redis.lrem(waitingKey, 1, text);
        }
      });
      return false;
    },
  });

  return {
    drain,
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
  };
}
