/** Brings every revocation into both stores, PostgreSQL and the stream: what reached only one is carried over to the other. */
import { setTimeout as delay } from 'node:timers/promises';
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Clock, Trust } from '@gatehouse/service-kit/clock';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { createRevocationMemory, type RevocationMemory } from './memory.ts';
import type { Revocation, RevocationKind } from './revocation.ts';
import type { RevocationStream } from './stream.ts';
import { keyOf, type RevocationTable } from './table.ts';

export interface KeeperOptions {
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

/** Refuses to acknowledge a revocation that is in force, because one store does not have it yet. */
export class RevocationUnsettled extends AppError {
  constructor(store: string, cause: unknown) {
    super('temporarily_unavailable', 503, 'It is in force, but not kept everywhere yet; try again', {
      retryAfterSeconds: 1,
      detail: `${store} is unavailable: the revocation is carried over later, and may be repeated`,
      cause,
    });
  }
}

/** Waits for a revocation; resolves with the reason why one that is in force cannot be acknowledged yet. */
export function reasonUnsettled(revoking: Promise<void>): Promise<RevocationUnsettled | undefined> {
  return revoking.then(
    () => undefined,
    (error) => {
      if (error instanceof RevocationUnsettled) return error;
      throw error;
    },
  );
}

/** A revocation that is not known to be in both stores. */
interface Unsettled {
  revocation: Revocation;
  isStreamed: boolean;
  isKept: boolean;
}

export type RevocationKeeper = ReturnType<typeof createKeeper>;

const batchSize = 1000;
/** Between rounds that requests wait for. */
const minRoundIntervalMs = 1000;

export function createKeeper(options: KeeperOptions) {
  const { stream, table, memory, now, trust, log, maxLifeMs } = options;
  const { settleIntervalMs = 5000, retentionIntervalMs = 3_600_000 } = options;
  const unsettled = new Map<string, Unsettled>();
  let knownUntil: string | undefined;
  let server: string | undefined;
  let settling: Promise<void> | undefined;
  let roundAtMs = Number.NEGATIVE_INFINITY;
  let nextRound: Promise<void> | undefined;

  const append = (revocations: readonly Revocation[]) =>
    stream.append(revocations, { nowMs: now(), lifeMs: maxLifeMs });

  function note({ revocation, isStreamed, isKept }: Unsettled): void {
    const key = keyOf(revocation);
    const known = unsettled.get(key);
    const isNewest = known === undefined || known.revocation.atMs <= revocation.atMs;
    // What is true of a newer revocation of the same thing is true of this one.
    const counts = known !== undefined && known.revocation.atMs >= revocation.atMs;
    const merged = {
      revocation: isNewest ? revocation : known.revocation,
      isStreamed: (isNewest && isStreamed) || (counts && known.isStreamed),
      isKept: (isNewest && isKept) || (counts && known.isKept),
    };
    if (merged.isStreamed && merged.isKept) unsettled.delete(key);
    else unsettled.set(key, merged);
  }

  /**
   * Reads what PostgreSQL has and this replica may not know. A PostgreSQL that has started may be an older copy, whose clock
   * is another one: all of it is read, and what it lacks is written to it again.
   */
  async function readTable(onRow: (row: Revocation) => void): Promise<void> {
    const moment = await table.moment();
    const isAnother = server !== undefined && moment.server !== server;
    const kept = new Map<string, number>();
    for await (const page of table.read(isAnother ? undefined : knownUntil)) {
      for (const row of page) {
        memory.add(row);
        onRow(row);
        if (isAnother) kept.set(keyOf(row), row.atMs);
      }
    }
    if (isAnother) noteLost(kept);
    knownUntil = moment.at;
    server = moment.server;
  }

  function noteLost(kept: ReadonlyMap<string, number>): void {
    let lost = 0;
    for (const revocation of memory.all()) {
      if ((kept.get(keyOf(revocation)) ?? Number.NEGATIVE_INFINITY) >= revocation.atMs) continue;
      note({ revocation, isStreamed: true, isKept: false });
      lost += 1;
    }
    if (lost > 0)
      log.error(
        { event: 'postgres_lost_revocations', lost },
        'PostgreSQL lacks revocations that this replica knows: they are written to it again',
      );
  }

  // A start asks it of each of many thousands: no name is put together where there are none.
  const unsettledOf = (one: Revocation) => (unsettled.size === 0 ? undefined : unsettled.get(keyOf(one)));

  const noteKept = (row: Revocation) => {
    const known = unsettledOf(row);
    if (known !== undefined && known.revocation.atMs <= row.atMs) note({ ...known, isKept: true });
  };

  async function carryOver(): Promise<void> {
    await readTable(noteKept);
    const open = [...unsettled.values()];
    for (let from = 0; from < open.length; from += batchSize) {
      const batch = open.slice(from, from + batchSize);
      const unkept = batch.filter(({ isKept }) => !isKept).map(({ revocation }) => revocation);
      const unstreamed = batch.filter(({ isStreamed }) => !isStreamed).map(({ revocation }) => revocation);
      if (unkept.length > 0) await table.save(unkept);
      if (unstreamed.length > 0) await append(unstreamed);
      for (const { revocation } of batch) note({ revocation, isStreamed: true, isKept: true });
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

  /** Requests share rounds: whoever sends tokens that mean nothing must not keep PostgreSQL busy. */
  async function settleInTurn(): Promise<void> {
    await delay(Math.max(0, roundAtMs + minRoundIntervalMs - performance.now()));
    await settling?.catch(() => undefined);
    // A round that has begun does not cover those who come now.
    nextRound = undefined;
    await settle();
  }

  /** The memory forgets what the list has deleted, and goes by no clock of its own: one that was wrong at the start stays so. */
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
        .filter((one) => !memory.covers(one) || unsettled.has(keyOf(one)));
      if (revocations.length === 0) return;
      const isOnStream = (one: Revocation) =>
        memory.covers(one) && unsettled.get(keyOf(one))?.isStreamed === true;
      const unstreamed = revocations.filter((one) => !isOnStream(one));
      const addAll = () => revocations.forEach(memory.add);
      const [streamed, kept] = await Promise.allSettled([
        append(unstreamed).then(addAll),
        table.save(revocations, db).then(addAll),
      ]);
      if (streamed.status === 'rejected' && kept.status === 'rejected') throw streamed.reason;
      const isStreamed = streamed.status === 'fulfilled';
      // Whether a transaction will be committed is not known here: the next round looks.
      const isKept = kept.status === 'fulfilled' && db === undefined;
      for (const revocation of revocations) note({ revocation, isStreamed, isKept });
      if (streamed.status === 'rejected') throw new RevocationUnsettled('Redis', streamed.reason);
      if (kept.status === 'rejected') throw new RevocationUnsettled('PostgreSQL', kept.reason);
    },

    /**
     * Resolves when everything that was revoked before is in both stores. Whoever finds nothing to end awaits it before
     * saying so: an earlier request may have ended it, and have been answered 503. @throws AppError (503)
     */
    async settled(): Promise<void> {
      if (unsettled.size === 0) return;
      await settling?.catch(() => undefined);
      if (unsettled.size === 0) return;
      nextRound ??= settleInTurn();
      await nextRound.catch((error) => {
        throw new RevocationUnsettled('PostgreSQL or Redis', error);
      });
    },

    /** A replica has put it on the stream; nobody knows yet whether PostgreSQL has it. */
    noteStreamed: (revocation: Revocation) => note({ revocation, isStreamed: true, isKept: false }),

    /** Reads the list, or what is new since it was read. Resolves with a function that notes an entry of the stream, unless the list has it. */
    async load(): Promise<(revocation: Revocation) => void> {
      const kept = createRevocationMemory();
      await readTable((row) => {
        kept.add(row);
        noteKept(row);
      });
      // The stream may have lost them; they are noted again when it is read.
      for (const one of unsettled.values()) one.isStreamed = false;
      return (revocation) => {
        const isKept = kept.covers(revocation);
        if (!isKept || unsettledOf(revocation)) note({ revocation, isStreamed: true, isKept });
      };
    },

    /** Reads what the list has got since it was read. @throws where PostgreSQL does not answer */
    readNews: () => readTable(noteKept),

    start() {
      work.start();
      retention.start();
    },
    async stop() {
      await Promise.all([work.stop(), retention.stop()]);
    },
  };
}
