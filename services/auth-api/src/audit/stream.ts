/** The Redis stream between an event and its row: appending is fast enough to be waited for by every request. */
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { RecordedAuditEvent } from './event.ts';

export interface StreamedAuditEvent {
  streamId: string;
  /** The event as JSON; undefined when the entry is none of ours. */
  text: string | undefined;
}

export interface AuditStream {
  append(event: RecordedAuditEvent): Promise<void>;
  /** The oldest entries, at most `count`. */
  oldest(count: number): Promise<StreamedAuditEvent[]>;
  remove(streamIds: readonly string[]): Promise<void>;
  length(): Promise<number>;
  /** When the oldest entry was appended; undefined when there is none. */
  oldestMs(): Promise<number | undefined>;
}

const field = 'event';

export function createAuditStream(redis: RedisClient, key: string): AuditStream {
  return {
    async append(event) {
      await redis.xadd(key, '*', field, JSON.stringify(event));
    },
    async oldest(count) {
      const entries = await redis.xrange(key, '-', '+', 'COUNT', count);
      return entries.map(([streamId, [name, text]]) => ({
        streamId,
        text: name === field ? text : undefined,
      }));
    },
    async remove(streamIds) {
      if (streamIds.length > 0) await redis.xdel(key, ...streamIds);
    },
    length: () => redis.xlen(key),
    async oldestMs() {
      const [entry] = await redis.xrange(key, '-', '+', 'COUNT', 1);
      // The id begins with the time of the server.
      return entry === undefined ? undefined : Number.parseInt(entry[0], 10);
    },
  };
}
