/** Keeps in Redis what counts for an account: refusals, attempts under way, the browsers and addresses that it is used from. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import { budgetOf, type LockoutRules, ownTries, spendable } from './budget.ts';
import { countRefusal, countSuccess, forgetRefusals, reserveOnAccount } from './scripts.ts';
import { readAdmission } from './turns.ts';

export interface Pace {
  /** Refusals that cost no waiting, of known browsers three at least; from then on the wait doubles. */
  freeFailures: number;
  firstDelayMs: number;
  maxDelayMs: number;
}

export interface AccountStoreOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  pace: Pace;
  now: Clock;
}

interface Attempt {
  id: string;
  account: string;
  rules: LockoutRules;
  /** Digest of the browser's binding cookie, or empty. */
  device: string;
  /** Of the network that the attempt comes from. */
  marks: readonly string[];
}

/** No Configuration Server answers so late; after it an attempt that a stopped replica left is given up. */
export const pendingLifeMs = 120_000;
const deviceLifeMs = 90 * 24 * 3_600_000;
const rememberedDevices = 20;
const addressLifeMs = 30 * 24 * 3_600_000;
const rememberedAddresses = 5;
const unlocksInPeriod = 3;
const unlockPeriodMs = 3_600_000;
/** Beyond the free ones, where nothing locks: more would not make the wait longer. */
const rememberedBeyondFree = 32;

export function createAccountStore({ redis, keyspace, pace, now }: AccountStoreOptions) {
  const keysOf = (account: string) => {
    const digest = sha256(account);
    return ['refusals', 'pending', 'devices', 'addresses', 'unlocks'].map((part) =>
      keyspace.key(`limit:account:${part}`, digest),
    );
  };

  const argumentsFor = (rules: LockoutRules, id: string, lookAt: string) => {
    const { others, knownBrowser, usualAddress } = budgetOf(rules);
    // Lua gets 0 where nothing locks.
    const limits = [spendable(rules), others, knownBrowser, usualAddress];
    return [
      ...[now(), id, rules.windowMs, ...limits.map((limit) => (limit === Infinity ? 0 : limit))],
      ...[pace.freeFailures, Math.max(ownTries, pace.freeFailures)],
      ...[pace.firstDelayMs, pace.maxDelayMs, pendingLifeMs, now() - addressLifeMs, lookAt],
    ];
  };

  return {
    /** Asks for a place. `member`: the place, or empty; `callers`: what the browser and the address are to the account. */
    async reserve({ id, account, rules, device, marks }: Attempt) {
      const given = [...argumentsFor(rules, id, ''), device, ...marks];
      const asked = reserveOnAccount.run(redis, keysOf(account).slice(0, 4), given);
      const [answer, member, callers] = (await asked) as [number, string, string];
      return { admission: readAdmission(answer), member, callers };
    },

    async refuse({ account, rules }: Attempt, member: string): Promise<void> {
      const remembered = Math.max(rules.threshold, pace.freeFailures + rememberedBeyondFree);
      const given = [now(), member, rules.windowMs, '1', remembered];
      await countRefusal.run(redis, keysOf(account).slice(0, 2), given);
    },

    async succeed({ account, device, marks }: Attempt, member: string, reservedAtMs: number): Promise<void> {
      const browser = [device, rememberedDevices, deviceLifeMs];
      const usual = [marks[0] ?? '', rememberedAddresses, addressLifeMs];
      const given = [now(), member, reservedAtMs, ...browser, ...usual];
      await countSuccess.run(redis, keysOf(account).slice(0, 4), given);
    },

    async release({ account }: Attempt, member: string): Promise<void> {
      await redis.zrem(keysOf(account)[1] ?? '', member);
    },

    /** How long an attempt would have to wait. `lookAt`: the letters of those who might make it. */
    async waitMs(account: string, rules: LockoutRules, lookAt: string): Promise<number> {
      const given = [...argumentsFor(rules, '', lookAt), ''];
      const [answer] = (await reserveOnAccount.run(redis, keysOf(account).slice(0, 4), given)) as [number];
      const admission = readAdmission(answer);
      return admission.outcome === 'refused' ? admission.waitMs : 0;
    },

    /** `refusals`: names and times in turn. */
    async read(account: string) {
      const [refused = '', , devices = '', usual = ''] = keysOf(account);
      const [refusals, browsers, addresses] = await Promise.all([
        redis.zrange(refused, '0', '-1', 'WITHSCORES'),
        redis.zcard(devices),
        redis.zcount(usual, now() - addressLifeMs, '+inf'),
      ]);
      return { refusals, browsers, addresses };
    },

    /** Everything, browsers and networks included. */
    async forget(account: string): Promise<void> {
      await Promise.all(keysOf(account).map((key) => redis.del(key)));
    },

    async forgetRefusals(account: string): Promise<{ waitMs: number; refusals: number }> {
      const [refused = '', , , , unlocks = ''] = keysOf(account);
      const given = [randomToken(9), unlocksInPeriod, unlockPeriodMs];
      const answer = (await forgetRefusals.run(redis, [refused, unlocks], given)) as [number, number];
      return { waitMs: answer[0], refusals: answer[1] };
    },
  };
}
