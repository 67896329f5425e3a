/** Derives the subjects of persons, and ends what a person holds in one contact centre. */
import { hash } from 'node:crypto';
import type {
  ContactCenterView,
  EnvironmentContactCenters,
} from '@gatehouse/contracts/environment-api/contact-center';
import { uuidOf } from '@gatehouse/service-kit/crypto/secrets';
import { type PersonKey, personAt, personAtClient, userAt } from '../revocation/revocation.ts';
import type { Revocations } from '../revocation/revocations.ts';
import type { ContactCenterService } from './service.ts';

/** The facts that decide by which subject a contact centre knows its people. */
export interface SubjectPlace {
  contactCenterId: string;
  environmentId: string;
  subjectScope: ContactCenterView['subjectScope'];
}

/**
 * A UUID (version 8, RFC 9562 section 5.8) over SHA-256 of the place and the DBID. DBIDs are never used again, so a person
 * created under the name of a deleted one gets another subject.
 */
export function subjectOf(
  { contactCenterId, environmentId, subjectScope }: SubjectPlace,
  dbid: number,
): string {
  const owner = subjectScope === 'environment' ? 'person' : `person of ${contactCenterId}`;
  return uuidOf(hash('sha256', `${owner}\n${environmentId}\n${dbid}`, 'buffer'), 8);
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
   * Whether no other contact centre of the environment has the same `sub` for the person. False where that cannot be read:
   * then only what names the contact centre counts.
   */
  async function isAlone({ contactCenterId }: PersonKey): Promise<boolean> {
    try {
      const place = await contactCenters.find(contactCenterId);
      if (place === undefined) return false;
      const all = await contactCenters.ofEnvironment(place.environmentId);
      const sharing = all.filter(({ subjectScope }) => subjectScope === 'environment');
      return sharing.length === 1 && sharing[0]?.id === contactCenterId;
    } catch {
      return false;
    }
  }

  return {
    isAlone,
    /** Ends what the person holds in this contact centre. @throws AppError (503) */
    async revoke(person: PersonKey): Promise<void> {
      const named = { kind: 'person' as const, id: personAt(person) };
      // Replicas of the release before know this kind alone.
      const former = { kind: 'sub' as const, id: person.sub };
      await revocations.revokeAll((await isAlone(person)) ? [named, former] : [named]);
    },
    /** Ends what one client holds of the person in this contact centre. @throws AppError (503) */
    async revokeAtClient(clientId: string, person: PersonKey): Promise<void> {
      const named = { kind: 'client-person' as const, id: personAtClient(clientId, person) };
      const former = { kind: 'client-user' as const, id: userAt(clientId, person.sub) };
      await revocations.revokeAll((await isAlone(person)) ? [named, former] : [named]);
    },
  };
}
