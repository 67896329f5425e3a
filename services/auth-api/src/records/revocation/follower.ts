/** Follows the stream of revocations without a gap, and notices when Redis goes on with another history. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import { agreeOnEpoch } from './epoch.ts';
import { createFreshness } from './freshness.ts';
import type { RevocationMemory } from './memory.ts';
import { createPrimaryDoubt } from './primary-doubt.ts';
import { countedSince, pageSize } from './revocation.ts';
import {
  idBefore,
  isOlderId,
  momentOf,
  type RevocationStream,
  type StreamEntry,
  type StreamHistory,
  streamStart,
} from './stream.ts';
import type { RevocationTable } from './table.ts';
import type { RevocationWriter } from './writer.ts';

export interface FollowerOptions {
  stream: RevocationStream;
  table: RevocationTable;
  memory: RevocationMemory;
  writer: Pick<RevocationWriter, 'load' | 'recordStreamed' | 'readNews'>;
  now: Clock;
  log: Logger;
  /** Called when Redis has lost revocations, or everything. */
  onLoss(): void;
  /** How far behind a replica may be before it refuses to validate tokens. */
  maxLagMs?: number | undefined;
  /** Measures the lag: the wall clock may jump. */
  monotonicMs?: (() => number) | undefined;
}

const blockMs = 200;
const retryDelayMs = 100;
/** Clocks of two nodes of Redis differ by less: an entry of the new one may have an earlier id than the last of the old one. */
const nodeSkewMs = 600_000;

export function createFollower(options: FollowerOptions) {
  const { stream, table, memory, writer, now, log, onLoss } = options;
  const { maxLagMs = 1000, monotonicMs = () => performance.now() } = options;
  let lastId = streamStart;
  let known: StreamHistory | undefined;
  let isClosing = false;
  let tail: Promise<void> | undefined;
  const { markCurrent, assertFresh, untilFresh } = createFreshness(monotonicMs, maxLagMs);
  const doubt = createPrimaryDoubt(monotonicMs);

  function apply(entries: StreamEntry[], record = writer.recordStreamed): void {
    for (const { id, revocation } of entries) {
      if (revocation) {
        // Redis put it there then, unless the clock of Redis ran ahead as well.
        const counted = countedSince(revocation, Math.min(momentOf(id), now()));
        memory.add(counted);
        record(counted);
      }
      lastId = id;
    }
  }

  /**
   * Reads both stores: whole when it starts, later what may be new. Nothing is judged before PostgreSQL's list is here: what
   * a Redis that lost its data does not say was revoked would be valid again.
   */
  async function begin(): Promise<void> {
    const history = await stream.history();
    doubt.follow(history);
    const record = await writer.load();
    lastId = idBefore(lastId, nodeSkewMs);
    // The stream may have lost all that is newer.
    if (isOlderId(history.lastId, lastId)) lastId = history.lastId;
    for (;;) {
      const entries = await stream.read(lastId, pageSize);
      apply(entries, record);
      if (entries.length < pageSize) break;
    }
    known = { ...history, epoch: await agreeOnEpoch(stream, table, onLoss) };
  }

  /**
   * Another process of Redis may lack the newest entries, and have got others since. `wasCut`: the connection was lost, and
   * may reach another one now; between two reads that is not noticed.
   */
  function isContinuous({ epoch, lastId: newestId, node }: StreamHistory, wasCut: boolean): boolean {
    if (known === undefined || epoch !== known.epoch || isOlderId(newestId, lastId)) return false;
    if (node === undefined || known.node === undefined) return !wasCut;
    return node === known.node;
  }

  async function ensureContinuity(wasCut: boolean): Promise<StreamHistory> {
    const history = await stream.history();
    if (isContinuous(history, wasCut)) return history;
    if (known !== undefined && isOlderId(history.lastId, lastId)) onLoss();
    known = undefined;
    await begin();
    return history;
  }

  async function follow(): Promise<void> {
    let isBehind = false;
    let wasCut = false;
    while (!isClosing) {
      try {
        // Requests wait for what was missed: it is read at once, without waiting for the next entry.
        const entries: StreamEntry[] = await (isBehind
          ? stream.read(lastId, pageSize)
          : stream.wait(lastId, pageSize, blockMs));
        apply(entries);
        const history = await ensureContinuity(wasCut);
        await doubt.readInDoubt(history, writer.readNews);
        wasCut = false;
        // The connection that waits may lead to another node than the one that has just answered.
        const isMissed: boolean = !isBehind && isOlderId(lastId, history.lastId);
        isBehind = entries.length === pageSize || isMissed;
        // The next page may revoke what is asked about.
        if (!isBehind) markCurrent();
      } catch (error) {
        if (isClosing) return;
        isBehind = true;
        wasCut = true;
        log.debug({ err: error }, 'the revocations could not be read; trying again');
        await delay(retryDelayMs);
      }
    }
  }

  return {
    /** @throws AppError (503) if a store does not answer */
    async start(): Promise<void> {
      await begin();
      markCurrent();
      tail = follow();
    },

    assertFresh,
    untilFresh,

    async close(): Promise<void> {
      isClosing = true;
      await tail;
    },
  };
}
