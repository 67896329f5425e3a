/** Writes every revocation to both stores, PostgreSQL and the stream, and carries those that reached one over to the other. */
import { setTimeout as delay } from 'node:timers/promises';
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Clock, Trust } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { createRevocationMemory, type RevocationMemory } from './memory.ts';
import type { Revocation, RevocationKind } from './revocation.ts';
import type { RevocationStream } from './stream.ts';
import { keyOf, type RevocationTable } from './table.ts';
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
/** Between rounds that requests wait for. */
const minRoundIntervalMs = 1000;

export function createRevocationWriter(options: RevocationWriterOptions) {
  const { stream, table, memory, now, trust, log, maxLifeMs } = options;
  const { settleIntervalMs = 5000, retentionIntervalMs = 3_600_000 } = options;
  const unsettled = createUnsettled();
  let knownUntil: string | undefined;
  let server: string | undefined;
  let settling: Promise<void> | undefined;
  let roundAtMs = Number.NEGATIVE_INFINITY;
  let nextRound: Promise<void> | undefined;

  const append = (revocations: readonly Revocation[]) =>
    stream.append(revocations, { nowMs: now(), lifeMs: maxLifeMs });

  /**
   * Reads the revocations that PostgreSQL has and this replica may not know. A PostgreSQL that has started may be an older
   * copy, whose clock is another one: the whole list is read, and the revocations that it lacks are written to it again.
   */
  async function readTable(onRow: (row: Revocation) => void): Promise<void> {
    const moment = await table.moment();
    const isAnother = server !== undefined && moment.server !== server;
    const listed = new Map<string, number>();
    for await (const page of table.read(isAnother ? undefined : knownUntil)) {
      for (const row of page) {
        memory.add(row);
        onRow(row);
        if (isAnother) listed.set(keyOf(row), row.atMs);
      }
    }
    if (isAnother) recordLost(listed);
    knownUntil = moment.at;
    server = moment.server;
  }

  function recordLost(listed: ReadonlyMap<string, number>): void {
    let lost = 0;
    for (const revocation of memory.all()) {
      if ((listed.get(keyOf(revocation)) ?? Number.NEGATIVE_INFINITY) >= revocation.atMs) continue;
      unsettled.recordUnlisted(revocation);
      lost += 1;
    }
    if (lost > 0)
      log.error(
        { event: 'postgres_lost_revocations', lost },
        'PostgreSQL lacks revocations that this replica knows: they are written to it again',
      );
  }

  async function carryOver(): Promise<void> {
    await readTable(unsettled.recordListed);
    const open = unsettled.all();
    for (let from = 0; from < open.length; from += batchSize) {
      const batch = open.slice(from, from + batchSize);
      const unlisted = batch.filter(({ reached }) => reached !== 'list').map(({ revocation }) => revocation);
      const unstreamed = batch
        .filter(({ reached }) => reached !== 'stream')
        .map(({ revocation }) => revocation);
      if (unlisted.length > 0) await table.save(unlisted);
      if (unstreamed.length > 0) await append(unstreamed);
      for (const { revocation } of batch) unsettled.record(revocation, 'both');
    }
  }

  function settle(): Promise<void> {
    if (settling !== undefined) return settling;
    roundAtMs = performance.now();
    settling = carryOver().finally(() => {
      settling = undefined;
    });
    return settling;
  }

  /** Requests share rounds, because a flood of tokens that mean nothing must not keep PostgreSQL busy. */
  async function settleInTurn(): Promise<void> {
    await delay(Math.max(0, roundAtMs + minRoundIntervalMs - performance.now()));
    await settling?.catch(() => undefined);
    // A round that has begun does not cover the requests that come now.
    nextRound = undefined;
    await settle();
  }

  /** The memory forgets the revocations that the list has deleted. It uses no clock of its own, which may have been wrong since the start. */
  async function removeExpired(): Promise<boolean> {
    const hasMore = await table.removeExpired();
    const removedUntilMs = await table.removedUntilMs();
    if (removedUntilMs !== undefined) memory.prune(removedUntilMs - maxLifeMs);
    return hasMore;
  }

  const work = createRepeatingWork({
    log,
    when: 'always',
    intervalMs: settleIntervalMs,
    round: () => settle().then(() => false),
    failing:
      'revocations cannot be kept in PostgreSQL; those that were made meanwhile are carried over later',
    recovered: 'revocations are kept in PostgreSQL again',
  });
  const retention = createRepeatingWork({
    log,
    when: trust,
    intervalMs: retentionIntervalMs,
    round: removeExpired,
    failing: 'old revocations could not be removed',
    recovered: 'old revocations are removed again',
  });

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
      await settling?.catch(() => undefined);
      if (unsettled.isEmpty()) return;
      nextRound ??= settleInTurn();
      await nextRound.catch((error) => {
        throw new RevocationUnsettled('PostgreSQL or Redis', error);
      });
    },

    /** A replica has put the revocation on the stream; nobody knows yet whether PostgreSQL has it. */
    recordStreamed: (revocation: Revocation) => unsettled.record(revocation, 'stream'),

    /** Reads the list, or its new rows. Resolves with a function that records an entry of the stream, unless the list has it. */
    async load(): Promise<(revocation: Revocation) => void> {
      const listed = createRevocationMemory();
      await readTable((row) => {
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
    readNews: () => readTable(unsettled.recordListed),

    start() {
      work.start();
      retention.start();
    },
    async stop() {
      await Promise.all([work.stop(), retention.stop()]);
    },
  };
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
