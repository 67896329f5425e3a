/** Counts what is known of a person who is gone, and erases it: sessions first, and last the security events, by which the rest is found. */
import type { Erasure, ErasureOrder } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { conflict, forbidden } from '@gatehouse/service-kit/errors';
import type { UserCodes } from '../../browser/approvals/user-codes.ts';
import type { ConsentService } from '../../browser/consents/service.ts';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { Actor } from '../../core/administration/actor.ts';
import type { Factors } from '../../factors/compose.ts';
import type { Refusals } from '../../oauth/refusals/compose.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditErasure } from '../../records/audit/erase.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { Appointments } from '../../registry/administrators/appointments.ts';
import type { AdministratorService } from '../../registry/administrators/service.ts';
import { helpDeskEventOf } from '../help-desk/events.ts';
import type { createErasedPeople, ErasedPerson } from './erased-person.ts';
import { createHeld, type HeldOptions, ownersOf, subsOf } from './held.ts';

export interface ErasuresOptions extends HeldOptions {
  find: ReturnType<typeof createErasedPeople>;
  events: HeldOptions['events'] & Pick<AuditErasure, 'mark' | 'erasePerson'>;
  audit: Pick<AuditWriter, 'write'>;
  administrators: Pick<AdministratorService, 'list' | 'forgetPerson'>;
  appointments: Pick<Appointments, 'list' | 'forgetPerson'>;
  users: { delays: Pick<UserService['delays'], 'explain' | 'forget'> };
  sessions: Pick<SessionService, 'list' | 'endAll'>;
  consents: Pick<ConsentService, 'list' | 'forgetPerson'>;
  userCodes: Pick<UserCodes, 'has' | 'remove'>;
  factors: Pick<Factors, 'held' | 'ends'>;
  refusals: Pick<Refusals, 'keptDays' | 'countOf' | 'forgetOf'>;
  now: Clock;
}

export type Erasures = ReturnType<typeof createErasures>;

export function createErasures(options: ErasuresOptions) {
  const { find, events, audit, administrators, appointments, users } = options;
  const { sessions, consents, userCodes, factors, refusals, now } = options;
  const { listed, heldBy } = createHeld(options);

  /** Each step may be repeated. */
  const eraseAll = async (person: ErasedPerson, actor: Actor) => {
    const { persons, place, userName, ownsName } = person;
    await events.mark(person);
    for (const owner of ownersOf(person)) await sessions.endAll(owner);
    for (const one of persons) {
      await consents.forgetPerson(one);
      await userCodes.remove(one);
      await factors.ends.forgetPerson(one);
      await appointments.forgetPerson(one, actor);
    }
    await administrators.forgetPerson(subsOf(person), actor);
    if (ownsName) await users.delays.forget(place, userName);
    await refusals.forgetOf(await events.correlationIds(person, refusals.keptDays));
    return events.erasePerson(person, actor, place.id);
  };

  return {
    /** @throws AppError 400, 403, 404, 409 while the person is there, 503 */
    async erase({ dryRun, ...order }: ErasureOrder, actor: Actor): Promise<Erasure> {
      const person = await find(order, actor);
      const { place, source, present } = person;
      const known = await heldBy(person);
      const seen = present && {
        ...definedOnly({ id: present.storeId, number: present.dbid }),
        userName: present.userName,
      };
      const { id: contactCenterId, environmentId } = place;
      const answer = { contactCenterId, environmentId, source, ...definedOnly({ present: seen }), ...known };
      if (dryRun === true) {
        const fields = { purpose: 'erasure' };
        await audit.write(helpDeskEventOf('access_inspected', actor, { contactCenterId, fields }));
        return answer;
      }
      if (present !== undefined)
        throw conflict('The person is still there: delete the person first, then erase what is left', {
          field: 'data.user',
          reason: 'in_use',
        });
      // The list of the installation is not theirs to change.
      if (person.isConfined && (await listed(person)).length > 0)
        throw forbidden('The person administers the installation: ask an installation administrator', {
          reason: 'person_with_right',
        });
      const { events: erased, copies } = await eraseAll(person, actor);
      return {
        ...answer,
        held: { ...known.held, events: erased },
        copies,
        erasedAt: new Date(now()).toISOString(),
      };
    },
  };
}
