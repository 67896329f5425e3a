/** Marks browsers that gave a factor of a person, so that somebody who knows the password alone cannot make them wait. */
import { createHmac } from 'node:crypto';
import type { Clock } from '@gatehouse/service-kit/clock';
import { deriveMacKeys, equalDigests, type Secret } from '@gatehouse/service-kit/crypto';
import { type PersonKey, personAt } from '../../records/revocation/revocation.ts';

const lifeSeconds = 90 * 86_400;

export type KnownBrowsers = ReturnType<typeof createKnownBrowsers>;

/** A mark proves nothing but a count of its own. `encryptionKeys`: the first one marks; a mark under any of them counts. */
export function createKnownBrowsers(encryptionKeys: Secret, now: Clock) {
  const keys = deriveMacKeys(encryptionKeys, 'browser that gave a factor');
  const marksOf = (person: PersonKey, endsAt: string) =>
    keys.map((key) =>
      createHmac('sha256', key)
        .update(`${personAt(person)}\n${endsAt}`)
        .digest('base64url'),
    );
  return {
    /** For a cookie. */
    markFor(person: PersonKey): { mark: string; lifeSeconds: number } {
      const endsAt = String(Math.floor(now() / 1000) + lifeSeconds);
      return { mark: `${endsAt}.${marksOf(person, endsAt)[0]}`, lifeSeconds };
    },
    isKnown(person: PersonKey, mark = ''): boolean {
      const [endsAt = '', digest = ''] = mark.split('.', 2);
      if (!/^\d{1,12}$/.test(endsAt) || Number(endsAt) * 1000 <= now()) return false;
      return marksOf(person, endsAt).some((one) => equalDigests(one, digest));
    },
  };
}
