/** Says what is kept of a deleted person, and puts the person back with the old number. */
import type { AdministratorPlaces } from '../access/administrator-places.ts';
import type { Caller } from '../access/caller.ts';
import type { Write } from '../changes/writer.ts';
import type { Deleted, Kept } from '../deleted/kept.ts';
import { restoreParts } from '../deleted/parts.ts';
import { requireHonestName } from '../fields/names.ts';
import { findHome } from './home.ts';
import { nameKey } from './name-key.ts';
import { fieldsOf, type Home, type Person } from './person.ts';
import { otherHome, refusingTaken, reread, writtenOf } from './records.ts';
import { touchGroupsOf } from './store.ts';

/** The row itself is kept as it is, but for the password. */
export function keptOf({ environmentId, contactCenterId }: Home, person: Person): Deleted {
  const { id, dbid, userName, passwordEnvelope } = person;
  return {
    kind: 'person',
    objectId: id,
    environmentId,
    contactCenterId,
    name: userName,
    lostSecrets: passwordEnvelope === undefined ? [] : ['personPassword'],
    document: { dbid },
  };
}

interface Known {
  caller: Caller;
  kept: Kept;
  administratorPlaces: Pick<AdministratorPlaces, 'requireOther'>;
}

interface Restoring extends Known {
  /** Another one. */
  userName: string | undefined;
}

/** A deleted person may still be in a list of administrators. @throws AppError 403 */
export function requireOtherThan(write: Write, { caller, kept, administratorPlaces }: Known): Promise<void> {
  const { contactCenterId = '' } = kept;
  const { dbid } = kept.document as { dbid: number };
  // Groups went with the person.
  return write.requires(() =>
    administratorPlaces.requireOther(caller, contactCenterId, { dbid, groups: [] }),
  );
}

/** @throws AppError 403, 404, 409 */
export async function restorePerson(
  write: Write,
  { caller, kept, userName, administratorPlaces }: Restoring,
): Promise<Person> {
  const { contactCenterId = '', environmentId, objectId } = kept;
  const { dbid } = kept.document as { dbid: number };
  const home = await findHome(write.db, contactCenterId);
  if (home.environmentId !== environmentId) throw otherHome();
  // Only callers who write the groups of people restore them.
  await requireOtherThan(write, { caller, kept, administratorPlaces });
  if (userName !== undefined) requireHonestName('data.name', userName, undefined);
  const name = userName && { user_name: userName, user_name_key: nameKey(userName) };
  await refusingTaken(() => restoreParts(write.db, kept, name || undefined), 'data.name');
  await touchGroupsOf(write.db, objectId);
  const person = await reread(write.db, home, objectId);
  await write.record(writtenOf(home, 'create', dbid, undefined, fieldsOf(person)));
  return person;
}
