/** Appends revocations to their Redis stream and reads them on every replica. */
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import { type Revocation, type RevocationKind, revocationKinds } from './revocation.ts';

export type RevocationStream = ReturnType<typeof createRevocationStream>;

export interface StreamEntry {
  id: string;
  /** Undefined for an entry of a later version, of a kind that this version cannot apply. */
  revocation: Revocation | undefined;
}

export const streamStart = '0-0';

/** What a blocking read may take beyond its wait. */
const answerMs = 500;

type RawEntry = [id: string, fields: string[]];

/** @param blocking a connection of its own, because a blocking read occupies it */
export function createRevocationStream(redis: RedisClient, blocking: RedisClient, key: string) {
  return {
    /** Also drops entries that no living token can be older than. */
    async append({ kind, id, atMs }: Revocation, oldestMs: number): Promise<void> {
      await redis.xadd(key, 'MINID', '~', String(oldestMs), '*', 'kind', kind, 'id', id, 'at', String(atMs));
    },
    /** At most `count` entries after `after`, oldest first. */
    async read(after: string, count: number): Promise<StreamEntry[]> {
      return (await redis.xrange(key, `(${after}`, '+', 'COUNT', count)).map(parse);
    },
    /** As read, but waits up to `blockMs` for the first entry. */
    async wait(after: string, blockMs: number): Promise<StreamEntry[]> {
      const read = blocking.xread('COUNT', 1000, 'BLOCK', blockMs, 'STREAMS', key, after);
      const reply = await within(blockMs + answerMs, read);
      return (reply?.[0]?.[1] ?? []).map(parse);
    },
    /** Redis's maxmemory-policy; undefined if the server refuses CONFIG, as managed ones often do. */
    async evictionPolicy(): Promise<string | undefined> {
      try {
        const [, policy] = (await redis.config('GET', 'maxmemory-policy')) as string[];
        return policy;
      } catch (error) {
        if ((error as Error).name === 'ReplyError') return undefined;
        throw error;
      }
    },
  };
}

/** A read whose connection broke may never settle: ioredis neither repeats nor rejects it. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    // After a pause of the process the answer may have arrived unread: one more turn of the event loop decides.
    timer = setTimeout(
      () => setImmediate(() => reject(new Error(`Redis did not answer within ${limitMs} ms`))),
      limitMs,
    );
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function parse([id, fields]: RawEntry): StreamEntry {
  const values = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2)
    values.set(fields[index] ?? '', fields[index + 1] ?? '');
  const kind = values.get('kind') as RevocationKind;
  const atMs = Number(values.get('at'));
  const isKnown = revocationKinds.includes(kind) && Number.isFinite(atMs);
  return { id, revocation: isKnown ? { kind, id: values.get('id') ?? '', atMs } : undefined };
}
