/** Writes what an identity provider says of a person to whom it is linked. Its settings were guarded when they were written. */
import type { Write } from '../../changes/writer.ts';
import { setGroupsOf } from '../group-service.ts';
import { fieldsOf, type Home, namesOfChanges, type Person, type PersonFields } from '../person.ts';
import { writtenOf } from '../records.ts';
import { updatePerson } from '../store.ts';

interface Followed {
  issuer: string;
  /** Undefined: they stay. */
  fields?: PersonFields;
  groups: readonly string[];
}

/** `present`: as the transaction has locked the person. */
export async function follow(
  write: Write,
  home: Home,
  present: Person,
  { issuer, fields, groups }: Followed,
): Promise<void> {
  await setGroupsOf(write, home, present, groups, issuer);
  const before = fieldsOf(present);
  const after = fields ?? before;
  if (Object.keys(namesOfChanges(before, after)).length === 0) return;
  await updatePerson(write.db, home.environmentId, present.id, after);
  await write.record(writtenOf(home, 'update', present.dbid, before, after));
}
