/** Revokes many tokens at once, and keeps the revocations of all replicas in memory, so that a check costs no request. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@gatehouse/service-kit/clock';
import { type AppError, unavailable } from '@gatehouse/service-kit/errors/app-error';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import { createRevocationMemory } from './memory.ts';
import type { RevocationKind } from './revocation.ts';
import { type RevocationStream, type StreamEntry, streamStart } from './stream.ts';

export interface RevocationsOptions {
  stream: RevocationStream;
  now: Clock;
  log: Logger;
  /** Maximum lifetime of a token: a revocation is kept for as long. */
  maxLifeMs: number;
  /** How far behind a replica may be before it refuses to validate tokens. */
  maxLagMs?: number;
  /** Measures the lag: the wall clock may jump. */
  monotonicMs?: () => number;
}

export type Revocations = ReturnType<typeof createRevocations>;

const blockMs = 250;
const patienceMs = 300;
const retryDelayMs = 100;
const pageSize = 5000;
const pruneIntervalMs = 600_000;

export function createRevocations({
  stream,
  now,
  log,
  maxLifeMs,
  maxLagMs = 1000,
  monotonicMs = () => performance.now(),
}: RevocationsOptions) {
  const memory = createRevocationMemory();
  let lastId = streamStart;
  let currentAtMs = Number.NEGATIVE_INFINITY;
  let isClosing = false;
  const waiting: (() => void)[] = [];
  let tail: Promise<void> | undefined;
  let pruneTimer: NodeJS.Timeout | undefined;

  function apply(entries: StreamEntry[]): void {
    for (const { id, revocation } of entries) {
      if (revocation) memory.add(revocation);
      lastId = id;
    }
  }

  async function load(): Promise<void> {
    for (;;) {
      const entries = await stream.read(lastId, pageSize);
      apply(entries);
      if (entries.length < pageSize) break;
    }
    markCurrent();
  }

  function markCurrent(): void {
    currentAtMs = monotonicMs();
    for (const wake of waiting.splice(0)) wake();
  }

  function lagError(): AppError | undefined {
    const lagMs = monotonicMs() - currentAtMs;
    if (lagMs <= maxLagMs) return undefined;
    return unavailable('the cut-off stream', { detail: `last heard of ${Math.round(lagMs)} ms ago` });
  }

  async function follow(): Promise<void> {
    let hasFailed = false;
    while (!isClosing) {
      try {
        // Requests wait for what was missed: it is read at once, without waiting for the next entry.
        if (hasFailed) await load();
        hasFailed = false;
        apply(await stream.wait(lastId, blockMs));
        markCurrent();
      } catch (error) {
        if (isClosing) return;
        hasFailed = true;
        log.debug({ err: error }, 'the revocations could not be read; trying again');
        await delay(retryDelayMs);
      }
    }
  }

  return {
    /** Loads what is in force; the process must not serve before. @throws AppError (503) if Redis does not answer */
    async start(): Promise<void> {
      const policy = await stream.evictionPolicy();
      // If Redis evicted a revocation or a tombstone, revoked tokens would be valid again.
      if (policy !== undefined && policy !== 'noeviction') {
        throw new Error(`Redis may evict keys (maxmemory-policy ${policy}): set it to noeviction`);
      }
      await load();
      tail = follow();
      pruneTimer = setInterval(() => memory.prune(now() - maxLifeMs), pruneIntervalMs).unref();
    },

    /** Takes effect here before it resolves, and on every replica within one second. @throws AppError (503) */
    async revoke({
      kind,
      id,
      atMs = now(),
    }: {
      kind: RevocationKind;
      id: string;
      atMs?: number;
    }): Promise<void> {
      await stream.append({ kind, id, atMs }, now() - maxLifeMs);
      memory.add({ kind, id, atMs });
    },

    isRevoked: memory.isRevoked,

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
        const timer = setTimeout(() => reject(error), patienceMs);
        waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },

    async close(): Promise<void> {
      isClosing = true;
      clearInterval(pruneTimer);
      await tail;
    },
  };
}
