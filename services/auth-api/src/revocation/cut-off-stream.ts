/** The Redis stream of cut-offs: appended by whoever revokes, followed by every replica. */
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { CutOff, CutOffKind } from './cut-offs.ts';

export interface CutOffStream {
  /** Appends, and drops entries that no living token can be older than. */
  append(cutOff: CutOff, oldestMs: number): Promise<void>;
  /** Entries after `id`, oldest first, at most `count`; the blocking form waits `blockMs` for the first one. */
  read(after: string, count: number): Promise<StreamEntry[]>;
  wait(after: string, blockMs: number): Promise<StreamEntry[]>;
  /** Redis's maxmemory-policy; undefined where the server does not let it be asked. */
  evictionPolicy(): Promise<string | undefined>;
}

export interface StreamEntry {
  id: string;
  cutOff: CutOff | undefined;
}

export const streamStart = '0-0';
const kinds: readonly string[] = [
  'sub',
  'client',
  'client-rights',
  'client-users',
  'client-grant',
  'client-scope',
  'family',
  'sid',
] satisfies CutOffKind[];

/** What a waiting read may take beyond its wait. */
const answerMs = 500;

type RawEntry = [id: string, fields: string[]];

/** `blocking` is a connection of its own: a waiting read holds it. */
export function createCutOffStream(redis: RedisClient, blocking: RedisClient, key: string): CutOffStream {
  return {
    async append({ kind, id, atMs }, oldestMs) {
      await redis.xadd(key, 'MINID', '~', String(oldestMs), '*', 'kind', kind, 'id', id, 'at', String(atMs));
    },
    async read(after, count) {
      return (await redis.xrange(key, `(${after}`, '+', 'COUNT', count)).map(parse);
    },
    async wait(after, blockMs) {
      const read = blocking.xread('COUNT', 1000, 'BLOCK', blockMs, 'STREAMS', key, after);
      const reply = await within(blockMs + answerMs, read);
      return (reply?.[0]?.[1] ?? []).map(parse);
    },
    evictionPolicy: () => readEvictionPolicy(redis),
  };
}

/** Managed servers often refuse CONFIG; anything else is an outage. */
async function readEvictionPolicy(redis: RedisClient): Promise<string | undefined> {
  try {
    const [, policy] = (await redis.config('GET', 'maxmemory-policy')) as string[];
    return policy;
  } catch (error) {
    if ((error as Error).name === 'ReplyError') return undefined;
    throw error;
  }
}

/** A read whose connection broke may never be answered: the client neither repeats nor refuses it. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    // After a pause of the process the answer may be there, not yet read: one more turn of the event loop decides.
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
  const kind = values.get('kind') ?? '';
  const atMs = Number(values.get('at'));
  // An entry of a later version may be of a kind that this one cannot apply.
  if (!kinds.includes(kind) || !Number.isFinite(atMs)) return { id, cutOff: undefined };
  return { id, cutOff: { kind: kind as CutOffKind, id: values.get('id') ?? '', atMs } };
}
