/** Counts the refusals of an account, and remembers the browsers and addresses it is used from. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto/secrets';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis/client';
import { budgetOf, type LockoutRules, type Spender } from './budget.ts';
import { createSamePassword, type Proof } from './same-password.ts';
import { countRefusal, countSuccess, reserveOnAccount } from './scripts.ts';
import { createTurns } from './turns.ts';
import type { UsualAddresses } from './usual-addresses.ts';

export interface Pace {
  /** Refusals that cost no waiting; from then on the wait doubles. */
  freeFailures: number;
  firstDelayMs: number;
  maxDelayMs: number;
}

export interface AccountSubject {
  /** Canonical: the same text for every spelling of an account. */
  account: string;
  rules: LockoutRules;
  address: string;
  /** Value of the browser's binding cookie. */
  device?: string | undefined;
  /** What the server is asked, with the password: attempts with the same one at the same time share a place and the answer. */
  question?: string | undefined;
}

/** No Configuration Server answers so late; after it an attempt that a stopped replica left is given up. */
export const pendingLifeMs = 120_000;
const maxWaiting = 32;
const deviceLifeMs = 90 * 24 * 3_600_000;
const rememberedDevices = 20;
const addressLifeMs = 30 * 24 * 3_600_000;
const rememberedAddresses = 5;

const letters = { others: 'o', knownBrowser: 'k', usualAddress: 'u' } as const satisfies Record<
  Spender,
  string
>;
const alone = { proof: undefined, leave: () => undefined };
const spenders = Object.keys(letters) as Spender[];

export interface AccountCountsOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  pace: Pace;
  usualAddresses: UsualAddresses;
  now: Clock;
}

export function createAccountCounts({ redis, keyspace, pace, usualAddresses, now }: AccountCountsOptions) {
  const takeTurn = createTurns('account', maxWaiting);
  const enter = createSamePassword();
  const keysOf = (account: string) =>
    ['refusals', 'pending', 'devices', 'addresses'].map((part) =>
      keyspace.key(`limit:account:${part}`, sha256(account)),
    );

  const argumentsFor = (rules: LockoutRules, id: string, lookAt: string) => {
    const { others, knownBrowser, usualAddress } = budgetOf(rules);
    return [
      ...[now(), id, rules.windowMs, others, knownBrowser, usualAddress],
      ...[pace.freeFailures, pace.firstDelayMs, pace.maxDelayMs, pendingLifeMs],
      ...[now() - addressLifeMs, lookAt],
    ];
  };

  return {
    /** @throws SignInError `throttled` */
    async reserve({ account, rules, address, device: cookie, question }: AccountSubject) {
      const id = randomToken(9);
      const keys = keysOf(account);
      const device = cookie === undefined ? '' : sha256(cookie);
      const marks = usualAddresses.marksOf(account, address);
      let reservedAtMs = now();
      const ask = async () => {
        reservedAtMs = now();
        const given = [...argumentsFor(rules, id, ''), device, ...marks];
        const [waitMs, spender, callers] = (await reserveOnAccount.run(redis, keys, given)) as [
          number,
          string,
          string,
        ];
        return { waitMs, spender, callers };
      };
      const { proof, leave } = question === undefined ? alone : enter(account, question);
      const mayPass = proof?.then((given) => given !== undefined);
      const { spender, callers } = await takeTurn(account, ask, mayPass).catch((error) => {
        leave();
        throw error;
      });
      const member = `${spender || letters.others}:${id}`;
      return {
        /** Of an attempt without a place: the answer to the same question. */
        proof: spender === '' ? await proof : undefined,
        isKnownBrowser: callers.includes(letters.knownBrowser),
        isUsualAddress: callers.includes(letters.usualAddress),
        async refuse() {
          leave();
          await countRefusal.run(redis, keys.slice(0, 2), [now(), member, rules.windowMs, '1']);
        },
        async succeed(given?: Proof) {
          leave(given);
          const browser = [device, rememberedDevices, deviceLifeMs];
          const usual = [marks[0] ?? '', rememberedAddresses, addressLifeMs];
          await countSuccess.run(redis, keys, [now(), member, reservedAtMs, ...browser, ...usual]);
        },
        async release() {
          leave();
          await redis.zrem(keys[1] ?? '', member);
        },
      };
    },

    /** What was spent and how long somebody would have to wait, by how the account knows them. */
    async explain(account: string, rules: LockoutRules) {
      const keys = keysOf(account);
      const waitOf = async (lookAt: string) => {
        const given = [...argumentsFor(rules, '', lookAt), ''];
        const [waitMs] = (await reserveOnAccount.run(redis, keys, given)) as [number];
        return Math.max(0, waitMs);
      };
      const [refused = '', , devices = '', addresses = ''] = keys;
      const [elsewhere, usualAddress, knownBrowser, members, knownBrowsers, usual] = await Promise.all([
        waitOf('o'),
        waitOf('ou'),
        waitOf('ok'),
        redis.zrange(refused, '0', '-1', 'WITHSCORES'),
        redis.zcard(devices),
        redis.zcount(addresses, now() - addressLifeMs, '+inf'),
      ]);
      return {
        rules,
        budget: budgetOf(rules),
        refusals: refusalsIn(members, now() - rules.windowMs),
        waitMs: { knownBrowser, usualAddress, elsewhere },
        knownBrowsers,
        usualAddresses: usual,
      };
    },

    /** Forgets the refusals; browsers and addresses stay known. Gives how many there were. */
    async clear(account: string): Promise<number> {
      const [refused = ''] = keysOf(account);
      const [count] = await Promise.all([redis.zcard(refused), redis.del(refused)]);
      return count;
    },
  };
}

/** `members`: names and times in turn. Empty when the window ended. */
function refusalsIn(members: string[], sinceMs: number): { atMs: number; spender: Spender }[] {
  const refusals = members.flatMap((member, index) => {
    const spender = spenders.find((name) => member.startsWith(`${letters[name]}:`));
    return spender === undefined ? [] : [{ atMs: Number(members[index + 1]), spender }];
  });
  return (refusals.at(-1)?.atMs ?? 0) > sinceMs ? refusals : [];
}
