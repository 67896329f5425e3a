/** Revokes many tokens at once, and keeps the revocations of all replicas in memory, so that a check costs no request. */
import type { Clock, Trust } from '@gatehouse/service-kit/clock';
import { unavailable } from '@gatehouse/service-kit/errors';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { createFollower } from './follower.ts';
import { createRevocationMemory } from './memory.ts';
import { belongsToPlace, isOfFuture, type Revocable } from './revocation.ts';
import type { RevocationStream } from './stream.ts';
import type { RevocationTable } from './table.ts';
import { createRevocationWriter, type RevocationOrder } from './writer.ts';

export interface RevocationsOptions {
  stream: RevocationStream;
  table: RevocationTable;
  now: Clock;
  /** Of the clock: old revocations are forgotten only while it is trusted. */
  trust: Trust;
  log: Logger;
  /** Maximum lifetime of a token: a revocation is kept for as long. */
  maxLifeMs: number;
  maxLagMs?: number;
  monotonicMs?: () => number;
  settleIntervalMs?: number;
  retentionIntervalMs?: number;
  /** Counts losses of Redis's data. */
  onLoss?: () => void;
}

export type Revocations = ReturnType<typeof createRevocations>;

const endsUnknown =
  'this replica has started, and cannot read yet which contact centres have ended since one was running';

export function createRevocations(options: RevocationsOptions) {
  const { stream, table, now, trust, log, maxLifeMs, maxLagMs, monotonicMs } = options;
  const { settleIntervalMs, retentionIntervalMs } = options;
  const memory = createRevocationMemory();
  const writer = createRevocationWriter({
    stream,
    table,
    memory,
    now,
    trust,
    log,
    maxLifeMs,
    settleIntervalMs,
    retentionIntervalMs,
  });
  const follower = createFollower({
    stream,
    table,
    memory,
    writer,
    now,
    log,
    maxLagMs,
    monotonicMs,
    onLoss() {
      options.onLoss?.();
      log.error(
        { event: 'redis_lost_its_history' },
        'Redis lost data: revocations are read from PostgreSQL; opaque tokens and sessions that Redis lost are gone',
      );
    },
  });
  let areEndsKnown = false;

  return {
    /** Loads what is in force; the process must not serve before. @throws AppError (503) if a store does not answer */
    async start(): Promise<void> {
      const policy = await stream.evictionPolicy();
      // If Redis evicted a revocation or a tombstone, revoked tokens would be valid again.
      if (policy !== undefined && policy !== 'noeviction') {
        throw new Error(`Redis may evict keys (maxmemory-policy ${policy}): set it to noeviction`);
      }
      await follower.start();
      writer.start();
    },

    /**
     * Takes effect here before it resolves, and on every replica within one second. With one store down it takes effect
     * by the other, and is refused all the same: it may be repeated.
     * @throws AppError (503)
     */
    revoke: (order: RevocationOrder, db?: Queryable) => writer.revoke([order], db),
    /** As revoke. */
    revokeAll: writer.revoke,
    settled: writer.settled,

    /** @throws AppError (503) until it is known what ended before the start, of what could be among it */
    isRevoked(token: Revocable): boolean {
      if (isOfFuture(token, now()) || memory.isRevoked(token)) return true;
      if (!areEndsKnown && belongsToPlace(token))
        throw unavailable('Environment API', { detail: endsUnknown });
      return false;
    },
    recordEnding: memory.recordEnding,
    /** Whether a contact centre was, or may have been, switched off. It may be active again: only Environment API tells. */
    hasEnded: (contactCenterId: string) => !areEndsKnown || memory.hasEnded(contactCenterId),
    /** Everything that ended while no replica ran is revoked. */
    recordEndsKnown(): void {
      areEndsKnown = true;
    },
    assertFresh: follower.assertFresh,
    untilFresh: follower.untilFresh,
    /**
     * As untilFresh, and knows what ended before the start: before something is used up that works once. A caller
     * that gets 503 comes again, and would be taken for a thief. @throws AppError (503)
     */
    async untilReady(): Promise<void> {
      if (!areEndsKnown) throw unavailable('Environment API', { detail: endsUnknown });
      await follower.untilFresh();
    },

    async close(): Promise<void> {
      await Promise.all([follower.close(), writer.stop()]);
    },
  };
}
