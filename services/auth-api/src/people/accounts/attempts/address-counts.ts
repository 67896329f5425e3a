/** Counts the refusals that one address earned over all accounts: guessing at many names costs who does it. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { addressGroup } from '@gatehouse/service-kit/limits';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import { pendingLifeMs } from './account-store.ts';
import { countRefusal, reserveFromAddress } from './scripts.ts';
import { createTurns, readAdmission } from './turns.ts';

/**
 * The people behind one address spend apart: those whose account is used from there, those who begin at a login page, and
 * everybody else. Invented names can use up the attempts of one group only.
 */
const addressGroups = ['usual', 'page', 'other'] as const;
export type AddressGroup = (typeof addressGroups)[number];

/** Attempts of a shift that begins may wait for each other. */
const maxWaiting = 256;

export interface AddressCountsOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  /** Refusals in a window, for each group. */
  attempts: number;
  windowMs: number;
  now: Clock;
}

export function createAddressCounts({ redis, keyspace, attempts, windowMs, now }: AddressCountsOptions) {
  const takeTurn = createTurns('address', maxWaiting);

  /** Milliseconds until a further attempt of the group may come from there. */
  const waitOf = async (place: string, group: AddressGroup): Promise<number> => {
    const members = await redis.zrange(
      keyspace.key(`limit:address:${group}`, place),
      '0',
      '-1',
      'WITHSCORES',
    );
    const times = members.filter((_, index) => index % 2 === 1).map(Number);
    const counted = times.filter((atMs) => atMs > now() - windowMs);
    const blocking = counted.at(-attempts);
    return blocking === undefined ? 0 : blocking + windowMs - now();
  };

  return {
    /** The longest wait of the groups at an address, in milliseconds. */
    async explain(address: string): Promise<number> {
      const place = addressGroup(address);
      return Math.max(...(await Promise.all(addressGroups.map((group) => waitOf(place, group)))));
    },
    /** @throws SignInError `throttled` */
    async reserve(address: string, group: AddressGroup) {
      const id = randomToken(9);
      const place = addressGroup(address);
      const [refusals, pending] = [
        keyspace.key(`limit:address:${group}`, place),
        keyspace.key(`limit:address:${group}-pending`, place),
      ] as const;
      await takeTurn(`${group} ${place}`, async () => {
        const given = [now(), id, windowMs, attempts, pendingLifeMs];
        const answer = (await reserveFromAddress.run(redis, [refusals, pending], given)) as number;
        return { admission: readAdmission(answer) };
      });
      return {
        async refuse() {
          await countRefusal.run(redis, [refusals, pending], [now(), id, windowMs, '', attempts]);
        },
        async release() {
          await redis.zrem(pending, id);
        },
      };
    },
  };
}
