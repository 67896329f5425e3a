/** Explains and ends the delays of a person: what the help desk asks when somebody cannot sign in. */
import type { ContactCenterView } from '@gatehouse/contracts/environment-api/contact-center';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { accountKey } from './account.ts';
import type { AttemptLimiter } from './attempts/limiter.ts';
import type { LockoutRulesReader } from './lockout-rules.ts';

interface DelaysOptions {
  limiter: Pick<AttemptLimiter, 'explain' | 'clear'>;
  lockoutRules: LockoutRulesReader;
  contactCenters: Pick<ContactCenterService, 'environment'>;
}

export function createDelays({ limiter, lockoutRules, contactCenters }: DelaysOptions) {
  return {
    async explain(contactCenter: ContactCenterView, userName: string) {
      const account = await accountKey({ userName }, contactCenter, contactCenters);
      return limiter.explain(account, await lockoutRules(contactCenter));
    },
    /**
     * Gives how many refusals were forgotten. The Configuration Server keeps its own count, which only a login or its
     * administrator ends.
     */
    clear: async (contactCenter: ContactCenterView, userName: string) =>
      limiter.clear(await accountKey({ userName }, contactCenter, contactCenters)),
  };
}
