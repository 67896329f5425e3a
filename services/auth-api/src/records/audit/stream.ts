/** Appends security events to a Redis stream and reads them from it; every request can wait for an append, because it is fast. */
import type { RedisClient } from '@gatehouse/service-kit/redis';
import type { RecordedAuditEvent } from './event.ts';

export interface StreamedAuditEvent {
  streamId: string;
  /** The event as JSON; undefined when the entry is no event. */
  text: string | undefined;
}

export type AuditStream = ReturnType<typeof createAuditStream>;

const field = 'event';

export function createAuditStream(redis: RedisClient, key: string) {
  return {
    async append(event: RecordedAuditEvent): Promise<void> {
      await redis.xadd(key, '*', field, JSON.stringify(event));
    },
    /** Reads the oldest entries, at most `count`. */
    async oldest(count: number): Promise<StreamedAuditEvent[]> {
      const entries = await redis.xrange(key, '-', '+', 'COUNT', count);
      return entries.map(([streamId, [name, text]]) => ({
        streamId,
        text: name === field ? text : undefined,
      }));
    },
    async remove(streamIds: readonly string[]): Promise<void> {
      if (streamIds.length > 0) await redis.xdel(key, ...streamIds);
    },
    length: (): Promise<number> => redis.xlen(key),
    /** Time at which the oldest entry was appended; undefined when there is none. */
    oldestMs: async (): Promise<number | undefined> => timeOf(await redis.xrange(key, '-', '+', 'COUNT', 1)),
    /** Of the newest entry, likewise. */
    newestMs: async (): Promise<number | undefined> =>
      timeOf(await redis.xrevrange(key, '+', '-', 'COUNT', 1)),
  };
}

/** The id of an entry begins with the time of the Redis server. */
function timeOf([entry]: readonly [id: string, fields: string[]][]): number | undefined {
  return entry === undefined ? undefined : Number.parseInt(entry[0], 10);
}
