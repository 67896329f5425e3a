/** Counts the refusals of an account, and remembers the browsers and addresses it is used from. */
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import { type AccountStoreOptions, createAccountStore } from './account-store.ts';
import { budgetOf, type LockoutRules, type Spender } from './budget.ts';
import { createSamePassword, type Proof } from './same-password.ts';
import { createTurns } from './turns.ts';
import type { UsualAddresses } from './usual-addresses.ts';

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

const maxWaiting = 32;
const letters = { others: 'o', knownBrowser: 'k', usualAddress: 'u' } as const satisfies Record<
  Spender,
  string
>;
const alone = { proof: undefined, leave: () => undefined };
const spenders = Object.keys(letters) as Spender[];

export interface AccountCountsOptions extends AccountStoreOptions {
  usualAddresses: UsualAddresses;
}

export function createAccountCounts({ usualAddresses, ...storing }: AccountCountsOptions) {
  const { now } = storing;
  const takeTurn = createTurns('account', maxWaiting);
  const enter = createSamePassword();
  const store = createAccountStore(storing);

  return {
    /** @throws SignInError `throttled` */
    async reserve({ account, rules, address, device: cookie, question }: AccountSubject) {
      const device = cookie === undefined ? '' : sha256(cookie);
      const marks = usualAddresses.marksOf(account, address);
      const attempt = { id: randomToken(9), account, rules, device, marks };
      let reservedAtMs = now();
      const ask = () => {
        reservedAtMs = now();
        return store.reserve(attempt);
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
          await store.refuse(attempt, member || `${letters.others}:${letters.others}.${attempt.id}`);
        },
        async succeed(proved?: Proof) {
          leave(proved);
          await store.succeed(attempt, member, reservedAtMs);
        },
        async release() {
          leave();
          await store.release(attempt, member);
        },
      };
    },

    /** The spent refusals and the time to wait, by how the account knows the browser or address. */
    async explain(account: string, rules: LockoutRules) {
      const waitOf = (lookAt: string) => store.waitMs(account, rules, lookAt);
      const [elsewhere, usualAddress, knownBrowser, known] = await Promise.all([
        waitOf('o'),
        waitOf('uo'),
        waitOf('ko'),
        store.read(account),
      ]);
      return {
        rules,
        budget: budgetOf(rules),
        ...refusalsIn(known.refusals, now() - rules.windowMs),
        waitMs: { knownBrowser, usualAddress, elsewhere },
        knownBrowsers: known.browsers,
        usualAddresses: known.addresses,
      };
    },

    /** For people whose data is erased. */
    forget: store.forget,

    /**
     * Forgets the refusals for our limits; browsers and addresses stay known, and the directory keeps its own count. `waitMs`: until
     * it is possible again, where it was done too often; otherwise 0. `refusals`: how many were forgotten.
     */
    unlock: (account: string): Promise<{ waitMs: number; refusals: number }> => store.forgetRefusals(account),
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
