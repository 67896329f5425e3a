/** Keeps challenges in Redis: made here, of one purpose, for one browser, used once within five minutes. */
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import { isSamePerson, type PersonKey } from '../../records/revocation/revocation.ts';
import { refused } from './refusals.ts';

/** A challenge of one purpose is none of another (CVE-2026-4325). */
export type ChallengePurpose = 'register' | 'authenticate' | 'discover';

/** Also how long the browser waits for the person. */
export const challengeLifeMs = 300_000;

/** In which browser, and for whom; nobody is known yet where a passkey says who signs in. */
export interface ChallengeOwner {
  /** The binding cookie. */
  browser: string;
  person: PersonKey | undefined;
}

export type Challenges = ReturnType<typeof createChallenges>;

/** Every method rejects while Redis is away; the error handlers answer 503. */
export function createChallenges(redis: RedisClient, keyspace: Keyspace) {
  // The browser is part of the name: another browser finds nothing, and uses nothing up. Redis never sees the challenge itself. A browser
  // may have several at once: a page that is shown again does not end the ceremony that waits in another tab.
  const keyOf = (purpose: ChallengePurpose, browser: string, challenge: string) =>
    keyspace.key(`factor:${purpose}`, sha256(`${browser} ${challenge}`));

  return {
    /** Makes a challenge of 256 bits, in base64url. `epoch`: of the person, where the answer counts in no other. */
    async make(
      purpose: ChallengePurpose,
      { browser, person }: ChallengeOwner,
      epoch?: number,
    ): Promise<string> {
      const challenge = randomToken();
      const stored = JSON.stringify({ person: keyOfPerson(person), epoch });
      await redis.set(keyOf(purpose, browser, challenge), stored, 'PX', challengeLifeMs);
      return challenge;
    },
    /** Of all who send the same challenge, to any replica, one gets it, with its epoch. @throws AppError (400) `passkey_expired` */
    async take(
      purpose: ChallengePurpose,
      challenge: string,
      { browser, person }: ChallengeOwner,
    ): Promise<number | undefined> {
      const text = await redis.getdel(keyOf(purpose, browser, challenge));
      if (text === null) throw refused('passkey_expired', `no challenge to ${purpose} waits in this browser`);
      const { person: owner, epoch } = JSON.parse(text) as { person: PersonKey | null; epoch?: number };
      const isOwn =
        owner === null || person === undefined ? owner === (person ?? null) : isSamePerson(owner, person);
      if (!isOwn) throw refused('passkey_expired', 'the challenge was made for another person');
      return epoch;
    },
  };
}

/** Nothing else of the person is kept. */
const keyOfPerson = (person: PersonKey | undefined): PersonKey | null =>
  person === undefined ? null : { contactCenterId: person.contactCenterId, sub: person.sub };
