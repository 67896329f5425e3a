/** Counts the refusals of an account, and remembers the browsers and addresses it is used from. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import { budgetOf, type LockoutRules, ownTries, type Spender, spendable } from './budget.ts';
import { createSamePassword, type Proof } from './same-password.ts';
import { countRefusal, countSuccess, forgetRefusals, reserveOnAccount } from './scripts.ts';
import { createTurns, readAdmission } from './turns.ts';
import type { UsualAddresses } from './usual-addresses.ts';

export interface Pace {
  /** Refusals that cost no waiting, of known browsers three at least; from then on the wait doubles. */
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
  /** The question to the server, with the password: attempts with the same one at the same time share a place and the answer. */
  question?: string | undefined;
}

/** No Configuration Server answers so late; after it an attempt that a stopped replica left is given up. */
export const pendingLifeMs = 120_000;
const maxWaiting = 32;
const deviceLifeMs = 90 * 24 * 3_600_000;
const rememberedDevices = 20;
const addressLifeMs = 30 * 24 * 3_600_000;
const rememberedAddresses = 5;
const unlocksInPeriod = 3;
const unlockPeriodMs = 3_600_000;
/** Beyond the free ones, where nothing locks: more would not make the wait longer. */
const rememberedBeyondFree = 32;

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
    ['refusals', 'pending', 'devices', 'addresses', 'unlocks'].map((part) =>
      keyspace.key(`limit:account:${part}`, sha256(account)),
    );

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
  const remembered = (rules: LockoutRules) =>
    Math.max(rules.threshold, pace.freeFailures + rememberedBeyondFree);

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
        const [answer, member, callers] = (await reserveOnAccount.run(redis, keys.slice(0, 4), given)) as [
          number,
          string,
          string,
        ];
        return { admission: readAdmission(answer), member, callers };
      };
      const { proof, leave } = question === undefined ? alone : enter(account, question);
      const mayPass = proof?.then((given) => given !== undefined);
      const { member, callers } = await takeTurn(account, ask, mayPass).catch((error) => {
        leave();
        throw error;
      });
      return {
        /** Of an attempt without a place: the answer to the same question. */
        proof: member === '' ? await proof : undefined,
        isKnownBrowser: callers.includes(letters.knownBrowser),
        isUsualAddress: callers.includes(letters.usualAddress),
        async refuse() {
          leave();
          const refused = member || `${letters.others}:${letters.others}.${id}`;
          const given = [now(), refused, rules.windowMs, '1', remembered(rules)];
          await countRefusal.run(redis, keys.slice(0, 2), given);
        },
        async succeed(proved?: Proof) {
          leave(proved);
          const browser = [device, rememberedDevices, deviceLifeMs];
          const usual = [marks[0] ?? '', rememberedAddresses, addressLifeMs];
          const given = [now(), member, reservedAtMs, ...browser, ...usual];
          await countSuccess.run(redis, keys.slice(0, 4), given);
        },
        async release() {
          leave();
          await redis.zrem(keys[1] ?? '', member);
        },
      };
    },

    /** The spent refusals and the time to wait, by how the account knows the browser or address. */
    async explain(account: string, rules: LockoutRules) {
      const keys = keysOf(account);
      const waitOf = async (lookAt: string) => {
        const given = [...argumentsFor(rules, '', lookAt), ''];
        const [answer] = (await reserveOnAccount.run(redis, keys.slice(0, 4), given)) as [number];
        const admission = readAdmission(answer);
        return admission.outcome === 'refused' ? admission.waitMs : 0;
      };
      const [refused = '', , devices = '', addresses = ''] = keys;
      const [elsewhere, usualAddress, knownBrowser, members, knownBrowsers, usual] = await Promise.all([
        waitOf('o'),
        waitOf('uo'),
        waitOf('ko'),
        redis.zrange(refused, '0', '-1', 'WITHSCORES'),
        redis.zcard(devices),
        redis.zcount(addresses, now() - addressLifeMs, '+inf'),
      ]);
      return {
        rules,
        budget: budgetOf(rules),
        ...refusalsIn(members, now() - rules.windowMs),
        waitMs: { knownBrowser, usualAddress, elsewhere },
        knownBrowsers,
        usualAddresses: usual,
      };
    },

    /**
     * Forgets the refusals for our limits; browsers and addresses stay known, and the directory keeps its own count. `waitMs`: until
     * it is possible again, where it was done too often; otherwise 0. `refusals`: how many were forgotten.
     */
    async unlock(account: string): Promise<{ waitMs: number; refusals: number }> {
      const [refused = '', , , , unlocks = ''] = keysOf(account);
      const given = [randomToken(9), unlocksInPeriod, unlockPeriodMs];
      const answer = (await forgetRefusals.run(redis, [refused, unlocks], given)) as [number, number];
      return { waitMs: answer[0], refusals: answer[1] };
    },
  };
}

/**
 * `members`: names and times in turn. None when the window ended. `counted`: how many the directory has counted, of which
 * `refusals` were not forgotten by an unlock.
 */
function refusalsIn(members: string[], sinceMs: number) {
  const times = members.filter((_, index) => index % 2 === 1).map(Number);
  if ((times.at(-1) ?? 0) <= sinceMs) return { refusals: [], counted: 0 };
  const refusals = times.flatMap((atMs, index): { atMs: number; spender: Spender }[] => {
    const [place = '', rest = ''] = members[index * 2]?.split(':') ?? [];
    const letter = rest[1] === '.' ? rest[0] : place;
    const spender = spenders.find((name) => letters[name] === letter);
    return spender === undefined ? [] : [{ atMs, spender }];
  });
  return { refusals, counted: times.length };
}
