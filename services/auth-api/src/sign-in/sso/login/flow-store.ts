/** Stores pending logins in Redis, one key each; reading a login deletes it. */
import { randomToken } from '@gatehouse/service-kit/crypto';
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';
import { readFlow, referenceOf, type SsoFlow, storedFlow } from './flow.ts';

export type FlowStore = ReturnType<typeof createFlowStore>;

/** Long enough for a second factor that has to be set up first. */
export const flowLifeMs = 30 * 60_000;

const takeFlow = defineScript(`
local flow = redis.call('HMGET', KEYS[1], 'data', 'browser')
if not flow[1] then return false end
if ARGV[1] ~= '' and ARGV[1] ~= flow[2] then return false end
redis.call('DEL', KEYS[1])
return flow[1]
`);

const saveFlow = defineScript(`
redis.call('HSET', KEYS[1], 'data', ARGV[1], 'browser', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

export function createFlowStore(redis: RedisClient, keyspace: Keyspace) {
  const keyOf = (reference: string) => keyspace.key('sso-flow', reference);
  const parse = (text: unknown) =>
    typeof text === 'string' ? readFlow(JSON.parse(text) as SsoFlow) : undefined;

  return {
    /** The id that travels. */
    async save(flow: SsoFlow): Promise<string> {
      const id = randomToken();
      await saveFlow.run(
        redis,
        [keyOf(referenceOf(id))],
        [JSON.stringify(storedFlow(flow)), flow.browserHash, flowLifeMs],
      );
      return id;
    },
    /** By the id, or by its hash where that is what comes back. */
    find: async (reference: string): Promise<SsoFlow | undefined> =>
      parse(await redis.hget(keyOf(reference), 'data')),
    /** Of several at once one gets it. Only for that browser, if one is named; for another it stays. */
    take: async (reference: string, browserHash: string = ''): Promise<SsoFlow | undefined> =>
      parse(await takeFlow.run(redis, [keyOf(reference)], [browserHash])),
  };
}
