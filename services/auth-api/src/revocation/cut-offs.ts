/** Cut-offs end many tokens at once; every replica keeps them in memory, so that asking costs nothing. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@gatehouse/service-kit/clock';
import { type AppError, unavailable } from '@gatehouse/service-kit/errors/app-error';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import { createCutOffMemory } from './cut-off-memory.ts';
import { type CutOffStream, type StreamEntry, streamStart } from './cut-off-stream.ts';

/**
 * `client-users`: the users whom a client has from one contact centre, see usersOf().
 * `client-grant`: what a client has by one grant type, see grantAt().
 * `client-scope`: the access tokens of a client; its refresh tokens give new ones, which say what its registration now says.
 */
export type CutOffKind =
  | 'sub'
  | 'client'
  | 'client-rights'
  | 'client-users'
  | 'client-grant'
  | 'client-scope'
  | 'family'
  | 'sid';

export interface CutOff {
  kind: CutOffKind;
  id: string;
  /** Tokens of a subject or client issued up to this moment are cut; a family or session is cut as a whole. */
  atMs: number;
}

export interface CutOffSubject {
  sub?: string | undefined;
  clientId?: string | undefined;
  /** Client whose own rights the token carries: no user stands behind it. */
  rightsOf?: string | undefined;
  familyId?: string | undefined;
  sid?: string | undefined;
  /** The grant type that the client got it by. */
  grantType?: string | undefined;
  /** Those of the user. */
  contactCenterIds?: readonly string[] | undefined;
  issuedAtMs: number;
  /** When the client got it, if that was later: its cut-offs go by it. */
  heldSinceMs?: number | undefined;
  /** Of an access token: when it was made. A refresh token has none, and outlives what ends the access tokens alone. */
  accessIssuedAtMs?: number | undefined;
  /** When the user proved who they are, if that was earlier than the issue: the subject's cut-offs go by it. */
  authTimeMs?: number | undefined;
}

export interface CutOffs {
  /** Loads what is in force; the process must not serve before. @throws AppError (503) when Redis is away. */
  start(): Promise<void>;
  /** Takes effect here before it returns, on every replica within one second. @throws AppError (503) */
  raise(cutOff: { kind: CutOffKind; id: string; atMs?: number }): Promise<void>;
  isCut(subject: CutOffSubject): boolean;
  /** @throws AppError (503) when this replica is more than one second behind: no guess about revoked tokens. */
  assertFresh(): void;
  /** As assertFresh, but first gives a replica that is behind a moment to catch up. @throws AppError (503) */
  untilFresh(): Promise<void>;
  close(): Promise<void>;
}

export interface CutOffsOptions {
  stream: CutOffStream;
  now: Clock;
  log: Logger;
  /** No token lives longer; a cut-off is kept for as long. */
  longestLifeMs: number;
  /** How far behind a replica may be before it refuses to judge tokens. */
  maxLagMs?: number;
  /** For the lag: the wall clock may jump. */
  monotonicMs?: () => number;
}

const blockMs = 250;
const patienceMs = 300;
const retryDelayMs = 100;
const pageSize = 5000;
const pruneIntervalMs = 600_000;

export function createCutOffs({
  stream,
  now,
  log,
  longestLifeMs,
  maxLagMs = 1000,
  monotonicMs = () => performance.now(),
}: CutOffsOptions): CutOffs {
  const memory = createCutOffMemory();
  let lastId = streamStart;
  let heardAtMs = Number.NEGATIVE_INFINITY;
  let isClosing = false;
  const waiting: (() => void)[] = [];
  let tail: Promise<void> | undefined;
  let pruneTimer: NodeJS.Timeout | undefined;

  function apply(entries: StreamEntry[]): void {
    for (const { id, cutOff } of entries) {
      if (cutOff) memory.add(cutOff);
      lastId = id;
    }
  }

  async function load(): Promise<void> {
    for (;;) {
      const entries = await stream.read(lastId, pageSize);
      apply(entries);
      if (entries.length < pageSize) break;
    }
    hear();
  }

  function hear(): void {
    heardAtMs = monotonicMs();
    for (const wake of waiting.splice(0)) wake();
  }

  function behind(): AppError | undefined {
    const lagMs = monotonicMs() - heardAtMs;
    if (lagMs <= maxLagMs) return undefined;
    return unavailable('the cut-off stream', { detail: `last heard of ${Math.round(lagMs)} ms ago` });
  }

  async function follow(): Promise<void> {
    let hasStumbled = false;
    while (!isClosing) {
      try {
        // Requests wait for what was missed: it is read at once, not when the next cut-off comes or the wait for it ends.
        if (hasStumbled) await load();
        hasStumbled = false;
        apply(await stream.wait(lastId, blockMs));
        hear();
      } catch (error) {
        if (isClosing) return;
        hasStumbled = true;
        log.debug({ err: error }, 'the cut-offs could not be read; trying again');
        await delay(retryDelayMs);
      }
    }
  }

  return {
    async start() {
      const policy = await stream.evictionPolicy();
      // A cut-off or a tombstone that Redis drops would bring revoked tokens back to life.
      if (policy !== undefined && policy !== 'noeviction') {
        throw new Error(`Redis may evict keys (maxmemory-policy ${policy}): set it to noeviction`);
      }
      await load();
      tail = follow();
      pruneTimer = setInterval(() => memory.prune(now() - longestLifeMs), pruneIntervalMs).unref();
    },
    async raise({ kind, id, atMs = now() }) {
      await stream.append({ kind, id, atMs }, now() - longestLifeMs);
      memory.add({ kind, id, atMs });
    },
    isCut: memory.isCut,
    assertFresh() {
      const error = behind();
      if (error !== undefined) throw error;
    },
    async untilFresh() {
      const error = behind();
      if (error === undefined) return;
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(error), patienceMs);
        waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
    async close() {
      isClosing = true;
      clearInterval(pruneTimer);
      await tail;
    },
  };
}
