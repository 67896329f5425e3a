/** Reads people of the people store for the pages that write them. */
import { readPersonProfile } from '@gatehouse/api-client/auth-api';
import {
  createContactCenterAdministration,
  createPeopleAdministration,
  type PeopleAdministration,
} from '@gatehouse/api-client/environment-api';
import type { PersonName, PersonProfile } from '@gatehouse/contracts/auth-administration';
import type { StoredPerson } from '@gatehouse/contracts/environment-administration';
import { notFound } from '@gatehouse/service-kit/errors';
import { ifMatch } from '../shell/conflict.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

/** A person as their store has them, in the version `etag`. */
export interface Kept {
  profile: PersonProfile;
  stored: StoredPerson;
  etag: string;
}

/** The calls about people of a contact centre. A change overwrites only the version `etag`; without it, any. */
export const peopleOf = (
  { environmentApi }: ConsoleVisit,
  contactCenterId: string,
  etag = '',
): PeopleAdministration => createPeopleAdministration(ifMatch(environmentApi, etag), contactCenterId);

/** @throws AppError 404 for a person of another source, UpstreamError */
export async function keptPerson(visit: ConsoleVisit, named: PersonName): Promise<Kept> {
  const profile = await readPersonProfile(visit.authApi, named);
  if (profile.person.id === undefined) throw notFound('The person is not in the people store');
  const { data, etag } = await peopleOf(visit, profile.contactCenterId).readTagged(profile.person.id);
  return { profile, stored: data, etag };
}

/** @throws UpstreamError (404) */
export const centerOf = ({ environmentApi }: ConsoleVisit, id: string) =>
  createContactCenterAdministration(environmentApi).read(id);
