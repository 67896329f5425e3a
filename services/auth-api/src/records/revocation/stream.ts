/** Appends revocations to their Redis stream and reads them on every replica. */
import { defineScript, type RedisClient } from '@gatehouse/service-kit/redis';
import { isKnownKind, type Revocation } from './revocation.ts';

export type RevocationStream = ReturnType<typeof createRevocationStream>;

/** The mark of a stream: another Redis, or the same one after a loss of data, goes on with another one. */
export interface StreamHistory {
  /** Undefined: nobody has set it since the data was lost. */
  epoch: string | undefined;
  /** Of the newest entry. */
  lastId: string;
  /** The process of Redis that has the stream; undefined where it is not told. */
  node: string | undefined;
  /** Undefined where it is not told. */
  role: 'primary' | 'replica' | undefined;
  /** Replicas that confirmed the newest entries a moment ago. */
  replicas: number;
}

export interface StreamEntry {
  id: string;
  /** Undefined for an entry of a later version, of a kind that this version cannot apply. */
  revocation: Revocation | undefined;
}

export const streamStart = '0-0';

/** The time that a blocking read may take beyond its wait. */
const answerMs = 500;
/** A replica confirms once a second. */
const maxConfirmationSeconds = 2;

/**
 * The stream gives its entries the time of Redis, and one that has jumped must not drop what is young by PostgreSQL's.
 * KEYS: stream. ARGV: now (ms), maximum life (ms), kind, id, not-before.
 */
const appendEntry = defineScript(`
local time = redis.call('TIME')
local now = math.min(tonumber(ARGV[1]), time[1] * 1000)
local oldest = string.format('%.0f', math.max(0, now - tonumber(ARGV[2])))
return redis.call('XADD', KEYS[1], 'MINID', '~', oldest, '*', 'kind', ARGV[3], 'id', ARGV[4], 'at', ARGV[5])
`);

type RawEntry = [id: string, fields: string[]];

/** `gatehouse:cutoffs` stays readable for replicas of the release before; they do not know the epoch beside it. */
const epochSuffix = ':epoch';

/** @param blocking a connection of its own, because a blocking read occupies it */
export function createRevocationStream(redis: RedisClient, blocking: RedisClient, key: string) {
  /** In a cluster only a script is sent to the node that has the key. */
  const serverInfo = () =>
    redis.isCluster
      ? (redis.eval("return redis.call('INFO', 'server', 'replication')", 1, key) as Promise<string>)
      : redis.info('server', 'replication');
  const leave = () => {
    if (blocking.status === 'ready') blocking.disconnect(true);
  };

  return {
    /** Also drops entries that no living token can be older than. */
    async append(
      revocations: readonly Revocation[],
      { nowMs, lifeMs }: { nowMs: number; lifeMs: number },
    ): Promise<void> {
      await Promise.all(
        revocations.map(({ kind, id, atMs }) =>
          appendEntry.run(redis, [key], [nowMs, lifeMs, kind, id, String(atMs)]),
        ),
      );
    },
    /** At most `count` entries after `after`, oldest first. */
    async read(after: string, count: number): Promise<StreamEntry[]> {
      return (await redis.xrange(key, `(${after}`, '+', 'COUNT', count)).map(parse);
    },
    /** As read, but waits up to `blockMs` for the first entry. */
    async wait(after: string, count: number, blockMs: number): Promise<StreamEntry[]> {
      const read = blocking.xread('COUNT', count, 'BLOCK', blockMs, 'STREAMS', key, after);
      const reply = await within(blockMs + answerMs, read, leave);
      return (reply?.[0]?.[1] ?? []).map(parse);
    },
    async history(): Promise<StreamHistory> {
      const [epoch, lastId, facts] = await Promise.all([
        redis.get(key + epochSuffix),
        redis.xrevrange(key, '+', '-', 'COUNT', 1).then(([newest]) => newest?.[0] ?? streamStart),
        orIfRefused(serverInfo(), ''),
      ]);
      return { epoch: epoch ?? undefined, lastId, ...serverOf(facts) };
    },
    async setEpoch(epoch: string): Promise<void> {
      await redis.set(key + epochSuffix, epoch);
    },
    /** Redis's maxmemory-policy; undefined if the server refuses CONFIG, as managed ones often do. */
    async evictionPolicy(): Promise<string | undefined> {
      const asked = redis.config('GET', 'maxmemory-policy') as Promise<string[]>;
      return orIfRefused(
        asked.then(([, policy]) => policy),
        undefined,
      );
    },
  };
}

/** The first id of a moment that was so long before the one of `id`. */
export function idBefore(id: string, ms: number): string {
  return `${Math.max(0, momentOf(id) - ms)}-0`;
}

/** When Redis took the entry: an id is `<ms>-<number>`. */
export function momentOf(id: string): number {
  return Number.parseInt(id, 10);
}

/** Whether `one` was made before `other`: `<ms>-<number>`, each compared as a number. */
export function isOlderId(one: string, other: string): boolean {
  const [[oneMs = 0, oneCount = 0], [otherMs = 0, otherCount = 0]] = [one, other].map((id) =>
    id.split('-').map(Number),
  ) as [number[], number[]];
  return oneMs === otherMs ? oneCount < otherCount : oneMs < otherMs;
}

/** Managed servers refuse some commands. */
async function orIfRefused<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if ((error as Error).name === 'ReplyError') return otherwise;
    throw error;
  }
}

function serverOf(facts: string): Pick<StreamHistory, 'node' | 'role' | 'replicas'> {
  const lags = [...facts.matchAll(/^slave\d+:.*state=online.*lag=(\d+)/gm)].map(([, lag]) => Number(lag));
  const role = /^role:(\w+)/m.exec(facts)?.[1];
  return {
    node: /^run_id:(\S+)/m.exec(facts)?.[1],
    role: role === undefined ? undefined : role === 'master' ? 'primary' : 'replica',
    replicas: lags.filter((lag) => lag <= maxConfirmationSeconds).length,
  };
}

/** A read whose connection broke, or leads to a node that is gone, may never settle: ioredis neither repeats nor rejects it. */
async function within<T>(limitMs: number, work: Promise<T>, onLimit: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let isSettled = false;
  const limit = new Promise<never>((_resolve, reject) => {
    // After a pause of the process the answer may have arrived unread: one more turn of the event loop decides.
    timer = setTimeout(
      () =>
        setImmediate(() => {
          if (!isSettled) onLimit();
          reject(new Error(`Redis did not answer within ${limitMs} ms`));
        }),
      limitMs,
    );
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    isSettled = true;
    clearTimeout(timer);
  }
}

function parse([id, fields]: RawEntry): StreamEntry {
  const kind = fieldOf('kind', fields);
  const atMs = Number(fieldOf('at', fields));
  const isKnown = isKnownKind(kind) && Number.isFinite(atMs);
  return { id, revocation: isKnown ? { kind, id: fieldOf('id', fields), atMs } : undefined };
}

/** Names and values take turns, and a value may be what a field is called. */
function fieldOf(name: string, fields: readonly string[]): string {
  for (let index = 0; index < fields.length; index += 2)
    if (fields[index] === name) return fields[index + 1] ?? '';
  return '';
}
