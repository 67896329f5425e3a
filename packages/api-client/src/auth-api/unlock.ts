/** Ends the delays of several people after wrong passwords: what keeps one of them waiting keeps nobody else. */
import type { PersonName } from '@gatehouse/contracts/auth-administration';
import { someAtOnce } from '../administration/some-at-once.ts';
import type { HttpClient } from '../http/http-client.ts';
import { UpstreamError } from '../http/upstream-error.ts';
import { clearDelays } from './help-desk.ts';

/** Nobody reads a longer list, and it takes too long. */
export const maxUnlocked = 200;

type Cleared = Awaited<ReturnType<typeof clearDelays>>;

export type Unlocked = { user: string } & (
  | { cleared: Cleared; error?: never }
  | { error: UpstreamError; cleared?: never }
);

/** In the order of the people. `error`: somebody is not there, or was unlocked too often. @throws UpstreamError */
export function unlockPeople(http: HttpClient, people: readonly PersonName[]): Promise<Unlocked[]> {
  return someAtOnce(people, async (person): Promise<Unlocked> => {
    try {
      return { user: person.user, cleared: await clearDelays(http, person) };
    } catch (error) {
      const isOwn = error instanceof UpstreamError && (error.status === 404 || error.status === 429);
      if (!isOwn) throw error;
      return { user: person.user, error };
    }
  });
}
