/** Stores requests whose client polls until a person has answered (RFC 8628, OpenID CIBA), each with its answer under one key. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';
import type { Grant } from '../../tokens/grant.ts';

/** Shortest time between two polls of a client, in seconds. */
export const pollIntervalSeconds = 5;

/** An expired request is kept for this long, so that the client learns that it expired. */
const rememberedMs = 600_000;

/** The answer to a poll (RFC 8628 section 3.5, OpenID CIBA section 11). */
export type PollResult =
  | { outcome: 'approved'; grant: Grant }
  | { outcome: 'pending' | 'slow_down' | 'denied' | 'expired' | 'unknown' }
  /** The tokens were given out already: the code may be stolen. */
  | { outcome: 'reused' };

const saveRequest = defineScript(`
redis.call('HSET', KEYS[1], 'secret', ARGV[1], 'client', ARGV[2], 'request', ARGV[3], 'ends', ARGV[4], 'status', 'pending', 'interval', ARGV[5], 'polled', '0')
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 1
`);

/** KEYS: request. ARGV: now (ms), approved or denied, grant (JSON) or ''. */
const answerRequest = defineScript(`
local r = redis.call('HMGET', KEYS[1], 'status', 'ends')
if r[1] ~= 'pending' or tonumber(r[2]) <= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'status', ARGV[2], 'grant', ARGV[3])
return 1
`);

/**
 * Answers a poll; the grant is given out once. KEYS: request.
 * ARGV: secret hash, client id, now (ms), seconds that each early poll adds to the interval.
 */
const pollRequest = defineScript(`
local r = redis.call('HMGET', KEYS[1], 'secret', 'client', 'status', 'ends', 'interval', 'polled', 'grant')
if not r[1] or r[1] ~= ARGV[1] or r[2] ~= ARGV[2] then return {'unknown'} end
if r[3] == 'given' then return {'reused'} end
if r[3] == 'denied' then return {'denied'} end
if tonumber(r[4]) <= tonumber(ARGV[3]) then return {'expired'} end
if r[3] == 'approved' then
  redis.call('HSET', KEYS[1], 'status', 'given')
  redis.call('HDEL', KEYS[1], 'grant')
  return {'approved', r[7]}
end
local hasty = tonumber(ARGV[3]) - tonumber(r[6]) < tonumber(r[5]) * 1000
redis.call('HSET', KEYS[1], 'polled', ARGV[3])
if not hasty then return {'pending'} end
redis.call('HINCRBY', KEYS[1], 'interval', ARGV[4])
return {'slow_down'}
`);

export type PolledRequests<R extends PolledRequest> = ReturnType<typeof createPolledRequests<R>>;

interface PolledRequest {
  clientId: string;
  expiresAtMs: number;
}

interface Stores {
  redis: RedisClient;
  keyspace: Keyspace;
  now: Clock;
}

/** Every method rejects while Redis is away; the error handlers answer 503. */
export function createPolledRequests<R extends PolledRequest>(
  kind: 'device' | 'backchannel',
  { redis, keyspace, now }: Stores,
) {
  const keyOf = (id: string) => keyspace.key(kind, id);

  return {
    async save(id: string, request: R, secretHash: string): Promise<void> {
      const { clientId, expiresAtMs } = request;
      const text = JSON.stringify(request);
      const values = [
        ...[secretHash, clientId, text, expiresAtMs],
        ...[pollIntervalSeconds, expiresAtMs + rememberedMs - now()],
      ];
      await saveRequest.run(redis, [keyOf(id)], values);
    },

    /** Undefined when nobody has to answer it any more. */
    async findWaiting(id: string): Promise<R | undefined> {
      const [text, status] = await redis.hmget(keyOf(id), 'request', 'status');
      const request = text && status === 'pending' ? (JSON.parse(text) as R) : undefined;
      return request !== undefined && request.expiresAtMs > now() ? request : undefined;
    },

    /** False when the client does not wait any more. */
    async answer(id: string, answer: Grant | 'denied'): Promise<boolean> {
      const parts = answer === 'denied' ? ['denied', ''] : ['approved', JSON.stringify(answer)];
      return (await answerRequest.run(redis, [keyOf(id)], [now(), ...parts])) === 1;
    },

    async poll(id: string, secretHash: string, clientId: string): Promise<PollResult> {
      const [outcome, grant = ''] = (await pollRequest.run(
        redis,
        [keyOf(id)],
        [secretHash, clientId, now(), pollIntervalSeconds],
      )) as [PollResult['outcome'], string?];
      return outcome === 'approved' ? { outcome, grant: JSON.parse(grant) as Grant } : { outcome };
    },
  };
}
