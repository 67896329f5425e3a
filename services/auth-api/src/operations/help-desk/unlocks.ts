/** Ends the delays of a person for an administrator, at most a few times within an hour. */
import type { PersonName } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Actor } from '../../core/administration/actor.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import { helpDeskEventOf } from './events.ts';
import type { HelpDeskPeople } from './people.ts';
import type { UnlockWatch } from './unlock-watch.ts';

export interface UnlocksOptions {
  people: Pick<HelpDeskPeople, 'foundAccount'>;
  delays: UserService['delays'];
  watch: Pick<UnlockWatch, 'record'>;
  audit: Pick<AuditWriter, 'write'>;
}

export function createUnlocks({ people, delays, watch, audit }: UnlocksOptions) {
  const refuse = async (
    actor: Actor,
    user: { userName: string; contactCenterId: string },
    waitMs: number,
  ) => {
    const { userName, contactCenterId } = user;
    const reason = 'too_often';
    const event = helpDeskEventOf('delays_cleared', actor, { contactCenterId, fields: { userName, reason } });
    await audit.write({ ...event, outcome: 'failure' });
    const minutes = Math.ceil(waitMs / 60_000);
    const message = `This account was unlocked three times within an hour: it can be unlocked again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
    return new AppError('too_many_requests', 429, message, {
      reason,
      limit: minutes,
      retryAfterSeconds: Math.ceil(waitMs / 1_000),
    });
  };

  return {
    /**
     * Forgets the wrong passwords of the account, on every replica at once; the directory keeps its own count.
     * @throws AppError 400, 404, 429, 503
     */
    async unlock(named: PersonName, actor: Actor) {
      const { userName, contactCenter } = await people.foundAccount(named, actor.within);
      const contactCenterId = contactCenter.id;
      const { refusals, waitMs } = await delays.unlock(contactCenter, userName);
      if (waitMs > 0) throw await refuse(actor, { userName, contactCenterId }, waitMs);
      const [left] = await Promise.all([
        delays.explain(contactCenter, userName),
        audit.write(
          helpDeskEventOf('delays_cleared', actor, { contactCenterId, fields: { userName, refusals } }),
        ),
        refusals > 0 ? watch.record(actor, contactCenterId) : undefined,
      ]);
      const waitSeconds = Math.ceil(left.waitMs.elsewhere / 1_000) || undefined;
      return definedOnly({ user: { userName, contactCenterId }, refusals, waitSeconds });
    },
  };
}
