/** Follows the stream of revocations without a gap, and notices when Redis goes on with another history. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { type AppError, unavailable } from '@gatehouse/service-kit/errors';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { RevocationMemory } from './memory.ts';
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
const patienceMs = 300;
const retryDelayMs = 100;
const epochBytes = 16;
/** In no epoch of PostgreSQL. */
const besideMark = '.';
/** Clocks of two nodes of Redis differ by less: an entry of the new one may have an earlier id than the last of the old one. */
const nodeSkewMs = 600_000;
/** A former primary takes revocations for so long, from those who have not left it yet. */
const doubtMs = 30_000;
const newsIntervalMs = 200;

export function createFollower(options: FollowerOptions) {
  const { stream, table, memory, writer, now, log, onLoss } = options;
  const { maxLagMs = 1000, monotonicMs = () => performance.now() } = options;
  let lastId = streamStart;
  let known: StreamHistory | undefined;
  let currentAtMs = Number.NEGATIVE_INFINITY;
  let lastNode: string | undefined;
  let hadReplicas = false;
  let doubtUntilMs = Number.NEGATIVE_INFINITY;
  let newsAtMs = Number.NEGATIVE_INFINITY;
  let isClosing = false;
  const waiting = new Set<() => void>();
  let tail: Promise<void> | undefined;

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
    if (lastNode !== undefined && history.node !== lastNode) {
      doubtUntilMs = monotonicMs() + doubtMs;
      hadReplicas = false;
    }
    lastNode = history.node;
    const record = await writer.load();
    lastId = idBefore(lastId, nodeSkewMs);
    // The stream may have lost all that is newer.
    if (isOlderId(history.lastId, lastId)) lastId = history.lastId;
    for (;;) {
      const entries = await stream.read(lastId, pageSize);
      apply(entries, record);
      if (entries.length < pageSize) break;
    }
    hadReplicas ||= history.replicas > 0;
    known = { ...history, epoch: await agreeOnEpoch() };
  }

  /**
   * Gives Redis the epoch of PostgreSQL; another one if Redis had lost it, so that every replica notices. In a region whose
   * PostgreSQL is a standby the epoch belongs to the Redis of another region: ours is marked as one beside it.
   */
  async function agreeOnEpoch(): Promise<string> {
    const [kept, isStandby] = await Promise.all([table.epoch(), table.isStandby()]);
    const { epoch } = await stream.history();
    const place = isStandby ? (kept ?? '') : kept;
    if (epoch !== undefined && place !== undefined && isOf(place, epoch)) return epoch;
    if (isStandby) return setEpoch(`${place}${besideMark}${randomToken(epochBytes)}`);
    if (kept !== undefined) onLoss();
    return setEpoch(await table.replaceEpoch(kept, randomToken(epochBytes)));
  }

  async function setEpoch(agreed: string): Promise<string> {
    await stream.setEpoch(agreed);
    return agreed;
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

  /**
   * A primary that lost sight of its replicas may have been replaced without knowing: the stream of another one goes on. And
   * after a fail-over the old primary may still take revocations. The list in PostgreSQL has them all.
   */
  async function readInDoubt({ role, replicas }: StreamHistory): Promise<void> {
    hadReplicas ||= replicas > 0;
    const isAlone = role === 'replica' || (hadReplicas && replicas === 0);
    const nowMs = monotonicMs();
    if (!(isAlone || nowMs < doubtUntilMs) || nowMs < newsAtMs + newsIntervalMs) return;
    await writer.readNews();
    newsAtMs = nowMs;
  }

  function markCurrent(): void {
    currentAtMs = monotonicMs();
    for (const wake of waiting) wake();
    waiting.clear();
  }

  function lagError(): AppError | undefined {
    const lagMs = monotonicMs() - currentAtMs;
    if (lagMs <= maxLagMs) return undefined;
    const detail = Number.isFinite(lagMs) ? `last heard of ${Math.round(lagMs)} ms ago` : 'not read yet';
    return unavailable('the cut-off stream', { detail });
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
        await readInDoubt(history);
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

    /** @throws AppError (503) if this replica is more than a second behind, and might miss a revocation */
    assertFresh(): void {
      const error = lagError();
      if (error !== undefined) throw error;
    },

    /** As assertFresh, but first gives a replica that is behind a moment to catch up. @throws AppError (503) */
    async untilFresh(): Promise<void> {
      const error = lagError();
      if (error === undefined) return;
      await new Promise<void>((resolve, reject) => {
        const wake = () => {
          clearTimeout(timer);
          resolve();
        };
        // A refused request waits no more: an outage must not fill the memory.
        const timer = setTimeout(() => {
          waiting.delete(wake);
          reject(error);
        }, patienceMs);
        waiting.add(wake);
      });
    },

    async close(): Promise<void> {
      isClosing = true;
      await tail;
    },
  };
}

/** Whether an epoch of Redis is the one that PostgreSQL keeps, or was made beside it. */
function isOf(kept: string, epoch: string): boolean {
  return epoch === kept || epoch.startsWith(`${kept}${besideMark}`);
}
