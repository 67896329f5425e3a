/** Derives the subjects of persons, and ends what a person holds in one contact centre. */
import { hash } from 'node:crypto';
import type { ContactCenterView, EnvironmentContactCenters } from '@gatehouse/contracts/environment-api';
import { createGrowingCache } from '@gatehouse/service-kit/cache';
import { uuidOf } from '@gatehouse/service-kit/crypto';
import { type PersonKey, personAt, personAtClient, userAt } from '../../records/revocation/revocation.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import type { RevocationOrder } from '../../records/revocation/writer.ts';
import type { ContactCenterService } from './service.ts';

/** The facts that decide by which subject a contact centre knows its people. */
export interface SubjectPlace {
  contactCenterId: string;
  environmentId: string;
  subjectScope: ContactCenterView['subjectScope'];
}

/** A token asks for the subject when it is issued and again at each exchange and renewal. */
const derived = createGrowingCache<string>(10_000);

/**
 * A UUID (version 8, RFC 9562 section 5.8) over SHA-256 of the place and the DBID. DBIDs are never used again, so a person
 * created under the name of a deleted one gets another subject.
 */
export function subjectOf(
  { contactCenterId, environmentId, subjectScope }: SubjectPlace,
  dbid: number,
): string {
  const owner = subjectScope === 'environment' ? 'person' : `person of ${contactCenterId}`;
  const text = `${owner}\n${environmentId}\n${dbid}`;
  const known = derived.get(text);
  if (known !== undefined) return known;
  const made = uuidOf(hash('sha256', text, 'buffer'), 8);
  derived.set(text, made);
  return made;
}

export function subjectPlaceOf({ id, environmentId, subjectScope }: ContactCenterView): SubjectPlace {
  return { contactCenterId: id, environmentId, subjectScope };
}

/** A subject of a person, and the one contact centre that knows the person by it; undefined: several do, or none. */
export interface KnownSubject {
  sub: string;
  contactCenterId: string | undefined;
}

/**
 * Every subject that a person of an environment may have. The one of the environment is among them in any case: a contact
 * centre had it before it got subjects of its own.
 */
export function subjectsIn(
  environmentId: string,
  contactCenters: EnvironmentContactCenters,
  dbid: number,
): KnownSubject[] {
  const subOf = (contactCenterId: string, subjectScope: SubjectPlace['subjectScope']) =>
    subjectOf({ contactCenterId, environmentId, subjectScope }, dbid);
  const sharing = contactCenters.filter(({ subjectScope }) => subjectScope === 'environment');
  const own = contactCenters.filter(({ subjectScope }) => subjectScope !== 'environment');
  return [
    { sub: subOf('', 'environment'), contactCenterId: sharing.length === 1 ? sharing[0]?.id : undefined },
    ...own.map(({ id, subjectScope }) => ({ sub: subOf(id, subjectScope), contactCenterId: id })),
  ];
}

export interface SubjectsOptions {
  contactCenters: Pick<ContactCenterService, 'find' | 'ofEnvironment'>;
  revocations: Pick<Revocations, 'revokeAll'>;
}

export type Subjects = ReturnType<typeof createSubjects>;

export function createSubjects({ contactCenters, revocations }: SubjectsOptions) {
  /**
   * Whether another contact centre of the environment has the same `sub` for the person. `alone now`: one had it before. `untold`:
   * Environment API is of the release before, which has no such list. `shared` where it cannot be read: then only what names the
   * contact centre counts.
   */
  async function sharing({
    contactCenterId,
  }: PersonKey): Promise<'alone' | 'alone now' | 'shared' | 'untold'> {
    try {
      const place = await contactCenters.find(contactCenterId);
      if (place === undefined) return 'shared';
      const all = await contactCenters.ofEnvironment(place.environmentId);
      if (all.length === 0) return 'untold';
      const sharers = all.filter(({ subjectScope }) => subjectScope === 'environment');
      const [only, another] = sharers;
      if (another !== undefined || only?.id !== contactCenterId) return 'shared';
      return only.subjectsWereShared ? 'alone now' : 'alone';
    } catch {
      return 'shared';
    }
  }

  /**
   * Replicas of the release before know `former` alone. While it is not known who shares the subject, it is better that too much
   * ends than that something goes on.
   */
  const revokeAs = async (person: PersonKey, named: RevocationOrder, former: RevocationOrder) =>
    revocations.revokeAll((await sharing(person)) === 'shared' ? [named] : [named, former]);

  return {
    /** Then what the release before stored of the `sub` alone is this person's. */
    isAlone: async (person: PersonKey): Promise<boolean> => (await sharing(person)) === 'alone',
    /** Then a replica of the release before does not know what `revoke` ended. */
    isShared: async (person: PersonKey): Promise<boolean> => (await sharing(person)) === 'shared',
    /** Ends what the person holds in this contact centre. @throws AppError (503) */
    revoke: (person: PersonKey): Promise<void> =>
      revokeAs(person, { kind: 'person', id: personAt(person) }, { kind: 'sub', id: person.sub }),
    /** Ends what one client holds of the person in this contact centre. @throws AppError (503) */
    revokeAtClient: (clientId: string, person: PersonKey): Promise<void> =>
      revokeAs(
        person,
        { kind: 'client-person', id: personAtClient(clientId, person) },
        { kind: 'client-user', id: userAt(clientId, person.sub) },
      ),
  };
}
