/** Bounds how many requests may reach one person: a flood of questions makes people say yes (MFA fatigue). */
import type { Clock } from '@gatehouse/service-kit/clock';
import { tooManyRequests } from '@gatehouse/service-kit/errors';
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';
import type { Config } from '../../config.ts';
import { type PersonKey, personAt } from '../../records/revocation/revocation.ts';
import type { ApprovalRequest } from './approval-request.ts';

/** No request waits for longer, so the list of a person is complete. */
export const askedWindowMs = 600_000;

/**
 * Members are `<client id> <request id>` by the time of the request. Gives 0, or the milliseconds to wait.
 * KEYS: requests to the person. ARGV: now (ms), window (ms), member, prefix of the client, most by it, most by all.
 */
const reservePlace = defineScript(`
local now, window = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local asked, own, firstOwn = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES'), 0, 0
for i = 1, #asked, 2 do
  if string.sub(asked[i], 1, #ARGV[4]) == ARGV[4] then
    if own == 0 then firstOwn = tonumber(asked[i + 1]) end
    own = own + 1
  end
end
if own >= tonumber(ARGV[5]) then return math.max(1, firstOwn + window - now) end
if #asked / 2 >= tonumber(ARGV[6]) then return math.max(1, tonumber(asked[2]) + window - now) end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], window)
return 0
`);

interface AskedPeopleOptions {
  /** Requests that wait, were denied or expired count; one that the person approved was welcome. */
  limits: Config['approvals'];
  redis: RedisClient;
  keyspace: Keyspace;
  now: Clock;
}

type Place = Pick<ApprovalRequest, 'clientId' | 'id'> & PersonKey;

export type AskedPeople = ReturnType<typeof createAskedPeople>;

export function createAskedPeople({ limits, redis, keyspace, now }: AskedPeopleOptions) {
  const keyOf = (person: PersonKey) => keyspace.key('backchannel-asked', personAt(person));
  /** Where the release before lists and looks: for a `sub`, whichever contact centre the request is for. */
  const formerKeyOf = ({ sub }: PersonKey) => keyspace.key('backchannel-asked', sub);
  const memberOf = ({ clientId, id }: Place) => `${clientId} ${id}`;

  return {
    /** @throws AppError (429) */
    async reserve(place: Place): Promise<void> {
      const waitMs = (await reservePlace.run(
        redis,
        [keyOf(place)],
        [now(), askedWindowMs, memberOf(place), `${place.clientId} `, limits.maxByClient, limits.maxByAll],
      )) as number;
      if (waitMs > 0)
        throw tooManyRequests(Math.ceil(waitMs / 1000), {
          detail: 'the person has been asked too often and has not agreed',
        });
      await Promise.all([
        redis.zremrangebyscore(formerKeyOf(place), '-inf', now() - askedWindowMs),
        redis.zadd(formerKeyOf(place), now(), memberOf(place)),
        redis.pexpire(formerKeyOf(place), askedWindowMs),
      ]);
    },
    /** Gives the place back: the person approved the request. */
    async release(place: Place): Promise<void> {
      await Promise.all([keyOf(place), formerKeyOf(place)].map((key) => redis.zrem(key, memberOf(place))));
    },
    /** Ids of the requests to the person, oldest first; some may be answered already, or be for another contact centre. */
    async list(person: PersonKey): Promise<string[]> {
      const lists = await Promise.all(
        [formerKeyOf(person), keyOf(person)].map((key) => redis.zrange(key, '0', '-1')),
      );
      const members = new Set(lists.flat());
      return [...members].map((member) => member.slice(member.lastIndexOf(' ') + 1));
    },
  };
}
