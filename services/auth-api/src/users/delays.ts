/** Explains and ends the delays of a person: what the help desk asks when somebody cannot sign in. */
import type { ContactCenterView } from '@gatehouse/contracts/environment-api/contact-center';
import { accountKey } from './account.ts';
import type { AttemptLimiter } from './attempts/limiter.ts';
import type { LockoutRulesReader } from './lockout-rules.ts';

interface DelaysOptions {
  limiter: Pick<AttemptLimiter, 'explain' | 'clear'>;
  lockoutRules: LockoutRulesReader;
}

export function createDelays({ limiter, lockoutRules }: DelaysOptions) {
  return {
    async explain(contactCenter: ContactCenterView, userName: string) {
      return limiter.explain(accountKey({ userName }, contactCenter), await lockoutRules(contactCenter));
    },
    /**
     * Gives how many refusals were forgotten. The Configuration Server keeps its own count, which only a login or its
     * administrator ends.
     */
    clear: (contactCenter: ContactCenterView, userName: string) =>
      limiter.clear(accountKey({ userName }, contactCenter)),
  };
}
