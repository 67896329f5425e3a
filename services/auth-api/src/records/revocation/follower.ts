/** Follows the stream of revocations, and says how current this replica is. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@gatehouse/service-kit/observability';
import { createFreshness } from './freshness.ts';
import { createPrimaryDoubt } from './primary-doubt.ts';
import { createStreamReader, type StreamReaderOptions } from './stream-reader.ts';
import type { RevocationWriter } from './writer.ts';

export interface FollowerOptions extends Omit<StreamReaderOptions, 'onBegin'> {
  writer: StreamReaderOptions['writer'] & Pick<RevocationWriter, 'readNews'>;
  log: Logger;
  /** How far behind a replica may be before it refuses to validate tokens. */
  maxLagMs?: number | undefined;
  /** Measures the lag: the wall clock may jump. */
  monotonicMs?: (() => number) | undefined;
}

const blockMs = 200;
const retryDelayMs = 100;

export function createFollower(options: FollowerOptions) {
  const { writer, log } = options;
  const { maxLagMs = 1000, monotonicMs = () => performance.now() } = options;
  const { markCurrent, assertFresh, untilFresh } = createFreshness(monotonicMs, maxLagMs);
  const doubt = createPrimaryDoubt(monotonicMs);
  const reader = createStreamReader({ ...options, onBegin: doubt.follow });
  let isClosing = false;
  let tail: Promise<void> | undefined;

  async function follow(): Promise<void> {
    let isBehind = false;
    let wasCut = false;
    while (!isClosing) {
      try {
        // Requests wait for what was missed: it is read at once, without waiting for the next entry.
        const hasMore = await reader.readPage(isBehind ? 0 : blockMs);
        const history = await reader.ensureContinuity(wasCut);
        await doubt.readInDoubt(history, writer.readNews);
        wasCut = false;
        // The connection that waits may lead to another node than the one that has just answered.
        const isMissed: boolean = !isBehind && reader.lacks(history.lastId);
        isBehind = hasMore || isMissed;
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
      await reader.begin();
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
