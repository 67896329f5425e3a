/** Stores interactions in Redis: the data, the state, and the hash of the browser's binding cookie. */
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';
import type { InteractionData, InteractionState } from './interaction.ts';

export type FoundInteraction =
  | { outcome: 'found'; data: InteractionData; state: InteractionState }
  | { outcome: 'unknown' | 'wrong_browser' };

const saveInteraction = defineScript(`
redis.call('HSET', KEYS[1], 'browser', ARGV[1], 'data', ARGV[2], 'state', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
`);

const readInteraction = defineScript(`
local found = redis.call('HMGET', KEYS[1], 'browser', 'data', 'state')
if not found[2] then return {'unknown'} end
if found[1] ~= ARGV[1] then return {'wrong_browser'} end
if ARGV[2] == 'take' then redis.call('DEL', KEYS[1]) end
return {'found', found[2], found[3]}
`);

const recordStateScript = defineScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[1])
return 1
`);

export type InteractionStore = ReturnType<typeof createInteractionStore>;

export function createInteractionStore(redis: RedisClient, keyspace: Keyspace) {
  const keyOf = (id: string) => keyspace.key('interaction', id);

  const find = async (id: string, browserHash: string, mode: 'read' | 'take'): Promise<FoundInteraction> => {
    const [outcome, data, state] = (await readInteraction.run(redis, [keyOf(id)], [browserHash, mode])) as [
      FoundInteraction['outcome'],
      string,
      string,
    ];
    if (outcome !== 'found') return { outcome };
    return {
      outcome,
      data: JSON.parse(data) as InteractionData,
      state: JSON.parse(state) as InteractionState,
    };
  };

  return {
    async save(
      id: string,
      browserHash: string,
      data: InteractionData,
      state: InteractionState,
    ): Promise<void> {
      const lifeMs = data.expiresAtMs - data.createdAtMs;
      const values = [browserHash, JSON.stringify(data), JSON.stringify(state), lifeMs];
      await saveInteraction.run(redis, [keyOf(id)], values);
    },
    read: (id: string, browserHash: string) => find(id, browserHash, 'read'),
    /** Replaces the state; does not bring back an interaction that is gone. */
    async recordState(id: string, state: InteractionState): Promise<void> {
      await recordStateScript.run(redis, [keyOf(id)], [JSON.stringify(state)]);
    },
    /** Reads and deletes in one step; an interaction of another browser stays. */
    take: (id: string, browserHash: string) => find(id, browserHash, 'take'),
  };
}
