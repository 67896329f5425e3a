/** Finds out who is to be erased: the subjects of the person, the name, and whether the person or a namesake is still there. */
import type { ErasureOrder } from '@gatehouse/contracts/auth-administration';
import {
  type ContactCenterView,
  type Directory,
  isOwnDirectory,
  peopleSources,
} from '@gatehouse/contracts/environment-api';
import { badRequest, unavailable } from '@gatehouse/service-kit/errors';
import type { Actor } from '../../core/administration/actor.ts';
import type { ListedPerson } from '../../people/accounts/search.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditErasure } from '../../records/audit/erase.ts';
import type { PersonInEvents } from '../../records/audit/person-events.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { subjectOf } from '../../registry/contact-centers/subjects.ts';
import { directoryOf, serverTimeoutMs } from '../help-desk/accounts.ts';
import type { HelpDeskPeople } from '../help-desk/people.ts';

export interface ErasedPerson extends PersonInEvents {
  place: ContactCenterView;
  source: Directory;
  /** The person is there and must be deleted first. */
  present: ListedPerson | undefined;
  /** Attempts on the name were those on the person: nobody else has it, and the person signed in where the administrator is. */
  ownsName: boolean;
}

export interface ErasedPeopleOptions {
  people: Pick<HelpDeskPeople, 'contactCenter'>;
  users: Pick<UserService, 'listing'>;
  contactCenters: Pick<ContactCenterService, 'environment' | 'ofEnvironment'>;
  events: Pick<AuditErasure, 'persons' | 'count'>;
}

export function createErasedPeople({ people, users, contactCenters, events }: ErasedPeopleOptions) {
  /** The contact centres that know the person: an administrator of one reaches that one alone. */
  const placesOf = async ({ id, environmentId, subjectScope }: ContactCenterView, { within }: Actor) => {
    const own = { id, subjectScope };
    if (within !== undefined) return [own];
    const all = await contactCenters.ofEnvironment(environmentId);
    return all.some((one) => one.id === id) ? all : [own, ...all];
  };

  /** @throws AppError 503: who cannot be asked for may still be there */
  const listed = async (place: ContactCenterView, source: Directory, userName: string) => {
    try {
      return await users.listing.findListed(place, userName, {
        signal: AbortSignal.timeout(serverTimeoutMs),
      });
    } catch (cause) {
      const of = isOwnDirectory(source) ? '' : ' of the contact centre';
      throw unavailable(`${peopleSources[source].title}${of}`, { cause });
    }
  };

  /** @throws AppError 400, 404, 503 */
  return async function find(order: ErasureOrder, actor: Actor): Promise<ErasedPerson> {
    const { user: userName, contactCenter } = order;
    if (userName.includes('\\'))
      throw badRequest('The contact centre stands beside the user name: leave it out of the name', {
        field: 'data.user',
      });
    const place = await people.contactCenter(contactCenter, actor.within);
    const [source, places] = await Promise.all([directoryOf(contactCenters, place), placesOf(place, actor)]);
    const found = await listed(place, source, userName);
    const number = order.number ?? found?.dbid;
    const isPresent = found !== undefined && (order.number === undefined || found.dbid === order.number);
    const hasNamesake = found !== undefined && !isPresent;
    const ids = places.map(({ id }) => id);
    const persons: PersonKey[] =
      number === undefined
        ? await events.persons(userName, ids)
        : places.map(({ id, subjectScope }) => ({
            contactCenterId: id,
            sub: subjectOf({ contactCenterId: id, environmentId: place.environmentId, subjectScope }, number),
          }));
    const person = { persons, isConfined: actor.within !== undefined, userName, places: ids };
    const ownsName =
      !hasNamesake && (actor.within === undefined || (await events.persons(userName, ids)).length > 0);
    // The name was the person's until the last event of theirs.
    const untilMs = hasNamesake ? ((await events.count(person)).lastMs ?? 0) : undefined;
    return { ...person, untilMs, place, source, present: isPresent ? found : undefined, ownsName };
  };
}
