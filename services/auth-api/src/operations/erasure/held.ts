/** Counts what is known of a person: it is shown before it is erased. */
import type { UserCodes } from '../../browser/approvals/user-codes.ts';
import type { ConsentService } from '../../browser/consents/service.ts';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { Factors } from '../../factors/compose.ts';
import type { Refusals } from '../../oauth/refusals/compose.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditErasure } from '../../records/audit/erase.ts';
import type { Appointments } from '../../registry/administrators/appointments.ts';
import type { AdministratorService } from '../../registry/administrators/service.ts';
import type { ErasedPerson } from './erased-person.ts';

export interface HeldOptions {
  events: Pick<AuditErasure, 'count' | 'correlationIds'>;
  administrators: Pick<AdministratorService, 'list'>;
  appointments: Pick<Appointments, 'list'>;
  users: { delays: Pick<UserService['delays'], 'explain'> };
  sessions: Pick<SessionService, 'list'>;
  consents: Pick<ConsentService, 'list'>;
  userCodes: Pick<UserCodes, 'has'>;
  factors: Pick<Factors, 'held'>;
  refusals: Pick<Refusals, 'keptDays' | 'countOf'>;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

export const subsOf = ({ persons }: ErasedPerson) => [...new Set(persons.map(({ sub }) => sub))];

/** A subject everywhere; an administrator of a contact centre reaches it there alone. */
export const ownersOf = (person: ErasedPerson) =>
  person.isConfined ? person.persons : subsOf(person).map((sub) => ({ everywhere: sub }));

export function createHeld(options: HeldOptions) {
  const { events, administrators, appointments, users } = options;
  const { sessions, consents, userCodes, factors, refusals } = options;

  /** The entries in the list of the installation. */
  const listed = async (person: ErasedPerson) => {
    const subs = new Set(subsOf(person));
    return (await administrators.list()).filter(({ sub }) => subs.has(sub));
  };

  const appointedAt = async ({ persons }: ErasedPerson) => {
    const lists = await Promise.all(
      persons.map(async ({ contactCenterId, sub }) => {
        const { administrators: entries } = await appointments.list(contactCenterId);
        return entries.filter((entry) => entry.sub === sub).length;
      }),
    );
    return sum(lists);
  };

  const delaysOf = async ({ place, userName, ownsName }: ErasedPerson) => {
    if (!ownsName) return { wrongPasswords: 0, browsers: 0 };
    const known = await users.delays.explain(place, userName);
    return { wrongPasswords: known.refusals.length, browsers: known.knownBrowsers + known.usualAddresses };
  };

  const heldBy = async (person: ErasedPerson) => {
    const { persons } = person;
    const [held, agreed, codes, given, rights, appointed, delays, ids, counted] = await Promise.all([
      Promise.all(ownersOf(person).map(async (owner) => (await sessions.list(owner)).length)),
      Promise.all(persons.map(async (one) => (await consents.list(one)).length)),
      Promise.all(persons.map((one) => userCodes.has(one))),
      Promise.all(persons.map((one) => factors.held(one))),
      listed(person),
      appointedAt(person),
      delaysOf(person),
      events.correlationIds(person, refusals.keptDays),
      events.count(person),
    ]);
    const all = {
      sessions: sum(held),
      consents: sum(agreed),
      approvalCodes: codes.filter(Boolean).length,
      // Passkeys of one device are passkeys.
      factors: sum(given.flatMap(({ devicePasskeys: _, ...one }) => Object.values(one))),
      ...delays,
      rights: rights.length + appointed,
      refusals: await refusals.countOf(ids),
      events: counted.events,
    };
    return { held: all, stays: { actions: counted.actions } };
  };

  return { listed, heldBy };
}
