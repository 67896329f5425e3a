/** Writes every revocation to both stores, PostgreSQL and the stream, and carries those that reached one over to the other. */
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Clock, Trust } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { createListReader } from './list-reader.ts';
import { createRevocationMemory, type RevocationMemory } from './memory.ts';
import type { Revocation, RevocationKind } from './revocation.ts';
import { createRounds } from './rounds.ts';
import type { RevocationStream } from './stream.ts';
import type { RevocationTable } from './table.ts';
import { createUnsettled, type Reached, RevocationUnsettled } from './unsettled.ts';

export interface RevocationWriterOptions {
  stream: RevocationStream;
  table: RevocationTable;
  memory: RevocationMemory;
  now: Clock;
  /** Only then old revocations are deleted. */
  trust: Trust;
  log: Logger;
  /** Maximum lifetime of a token: a revocation is kept for as long. */
  maxLifeMs: number;
  settleIntervalMs?: number | undefined;
  retentionIntervalMs?: number | undefined;
}

export interface RevocationOrder {
  kind: RevocationKind;
  id: string;
  atMs?: number | undefined;
}

export type RevocationWriter = ReturnType<typeof createRevocationWriter>;

const batchSize = 1000;

export function createRevocationWriter(options: RevocationWriterOptions) {
  const { stream, table, memory, now, log, maxLifeMs, settleIntervalMs = 5000 } = options;
  const unsettled = createUnsettled();
  const readList = createListReader({ table, memory, log, onUnlisted: unsettled.recordUnlisted });
  const rounds = createRounds(carryOver);

  const append = (revocations: readonly Revocation[]) =>
    stream.append(revocations, { nowMs: now(), lifeMs: maxLifeMs });

  async function carryOver(): Promise<void> {
    await readList(unsettled.recordListed);
    const open = unsettled.all();
    for (let from = 0; from < open.length; from += batchSize) {
      const batch = open.slice(from, from + batchSize);
      const lackedBy = (store: Reached) =>
        batch.filter(({ reached }) => reached !== store).map(({ revocation }) => revocation);
      const [unlisted, unstreamed] = [lackedBy('list'), lackedBy('stream')];
      if (unlisted.length > 0) await table.save(unlisted);
      if (unstreamed.length > 0) await append(unstreamed);
      for (const { revocation } of batch) unsettled.record(revocation, 'both');
    }
  }

  const work = createRepeatingWork({
    log,
    when: 'always',
    intervalMs: settleIntervalMs,
    round: () => rounds.run().then(() => false),
    failing:
      'revocations cannot be kept in PostgreSQL; those that were made meanwhile are carried over later',
    recovered: 'revocations are kept in PostgreSQL again',
  });
  const retention = createRetention(options);

  return {
    /**
     * Takes effect where one of the stores can be written. Resolves when both have it; a repetition writes what is missing.
     * `db`: the transaction that the revocations belong to. @throws AppError (503)
     */
    async revoke(orders: readonly RevocationOrder[], db?: Queryable): Promise<void> {
      const revocations = orders
        .map((order) => ({ ...order, atMs: order.atMs ?? now() }))
        .filter((one) => !memory.covers(one) || unsettled.has(one));
      if (revocations.length === 0) return;
      const unstreamed = revocations.filter((one) => !(memory.covers(one) && unsettled.isStreamed(one)));
      const addAll = () => revocations.forEach(memory.add);
      const [streamed, listed] = await Promise.allSettled([
        append(unstreamed).then(addAll),
        table.save(revocations, db).then(addAll),
      ]);
      if (streamed.status === 'rejected' && listed.status === 'rejected') throw streamed.reason;
      const reached = reachedBy(streamed, listed, db);
      for (const revocation of revocations) unsettled.record(revocation, reached);
      if (streamed.status === 'rejected') throw new RevocationUnsettled('Redis', streamed.reason);
      if (listed.status === 'rejected') throw new RevocationUnsettled('PostgreSQL', listed.reason);
    },

    /**
     * Resolves when all earlier revocations are in both stores. A request that finds nothing to end waits for it before its
     * answer: an earlier request may have ended the thing, and have been answered 503. @throws AppError (503)
     */
    async settled(): Promise<void> {
      if (unsettled.isEmpty()) return;
      await rounds.idle();
      if (unsettled.isEmpty()) return;
      await rounds.next().catch((error) => {
        throw new RevocationUnsettled('PostgreSQL or Redis', error);
      });
    },

    /** A replica has put the revocation on the stream; nobody knows yet whether PostgreSQL has it. */
    recordStreamed: (revocation: Revocation) => unsettled.record(revocation, 'stream'),

    /** Reads the list, or its new rows. Resolves with a function that records an entry of the stream, unless the list has it. */
    async load(): Promise<(revocation: Revocation) => void> {
      const listed = createRevocationMemory();
      await readList((row) => {
        listed.add(row);
        unsettled.recordListed(row);
      });
      // The entries that are still there are recorded again when the stream is read.
      unsettled.recordStreamLost();
      return (revocation) => {
        if (!listed.covers(revocation)) unsettled.record(revocation, 'stream');
        else if (unsettled.has(revocation)) unsettled.record(revocation, 'both');
      };
    },

    /** Reads the new rows of the list. @throws where PostgreSQL does not answer */
    readNews: () => readList(unsettled.recordListed),

    start() {
      work.start();
      retention.start();
    },
    async stop() {
      await Promise.all([work.stop(), retention.stop()]);
    },
  };
}

/** Deletes the revocations that no living token can be older than, from the list and from the memory. */
function createRetention(options: RevocationWriterOptions) {
  const { table, memory, trust, log, maxLifeMs, retentionIntervalMs = 3_600_000 } = options;
  return createRepeatingWork({
    log,
    when: trust,
    intervalMs: retentionIntervalMs,
    /** The memory forgets what the list has deleted. It uses no clock of its own, which may have been wrong since the start. */
    async round() {
      const hasMore = await table.removeExpired();
      const removedUntilMs = await table.removedUntilMs();
      if (removedUntilMs !== undefined) memory.prune(removedUntilMs - maxLifeMs);
      return hasMore;
    },
    failing: 'old revocations could not be removed',
    recovered: 'old revocations are removed again',
  });
}

/** The stores that have taken revocations. It is not known here whether `db`, a transaction, will be committed: the next round looks. */
function reachedBy(
  streamed: PromiseSettledResult<void>,
  listed: PromiseSettledResult<void>,
  db: Queryable | undefined,
): Reached {
  const isListed = listed.status === 'fulfilled' && db === undefined;
  if (streamed.status === 'rejected') return isListed ? 'list' : 'neither';
  return isListed ? 'both' : 'stream';
}
