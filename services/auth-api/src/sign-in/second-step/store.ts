/** Stores the sign-ins that wait in Redis: under the hash of a cookie of their own, for the browser that began. */
import { sha256 } from '@gatehouse/service-kit/crypto';
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';
import type { WaitingSignIn } from './waiting.ts';

/** Both cookies of a browser: the one of the sign-in that waits, and the binding one. */
export interface WaitingPlace {
  step: string;
  browser: string;
}

const openScript = defineScript(`
local found = redis.call('HMGET', KEYS[1], 'browser', 'sign-in')
if not found[2] or found[1] ~= ARGV[1] then return false end
if ARGV[2] == 'take' then redis.call('DEL', KEYS[1]) end
return found[2]
`);

/** Brings back nothing that was taken meanwhile. */
const replaceScript = defineScript(`
if redis.call('HGET', KEYS[1], 'browser') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'sign-in', ARGV[2])
return 1
`);

const saveScript = defineScript(`
redis.call('HSET', KEYS[1], 'browser', ARGV[1], 'sign-in', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

export type WaitingStore = ReturnType<typeof createWaitingStore>;

/** Every method rejects while Redis is away; the error handlers answer 503. */
export function createWaitingStore(redis: RedisClient, keyspace: Keyspace) {
  const keysOf = ({ step }: WaitingPlace) => [keyspace.key('second-step', sha256(step))];

  const open = async (place: WaitingPlace, mode: 'read' | 'take'): Promise<WaitingSignIn | undefined> => {
    const text = await openScript.run(redis, keysOf(place), [sha256(place.browser), mode]);
    return typeof text === 'string' ? (JSON.parse(text) as WaitingSignIn) : undefined;
  };

  return {
    async save(place: WaitingPlace, waiting: WaitingSignIn, lifeMs: number): Promise<void> {
      await saveScript.run(redis, keysOf(place), [sha256(place.browser), JSON.stringify(waiting), lifeMs]);
    },
    read: (place: WaitingPlace) => open(place, 'read'),
    /** Of all who take it at the same time one gets it. */
    take: (place: WaitingPlace) => open(place, 'take'),
    /** False: it was taken or has expired. */
    async replace(place: WaitingPlace, waiting: WaitingSignIn): Promise<boolean> {
      const values = [sha256(place.browser), JSON.stringify(waiting)];
      return (await replaceScript.run(redis, keysOf(place), values)) === 1;
    },
  };
}
