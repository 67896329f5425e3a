/** Says what is kept of a deleted contact centre, and creates it again with what belonged to it. */
import type { LostSecret, Restoration } from '@gatehouse/contracts/environment-administration';
import { noSecondFactor } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Deleted, Kept } from '../deleted/kept.ts';
import { restoreParts } from '../deleted/parts.ts';
import { corsSetting } from '../fields/cors-origins.ts';
import { auditedFields, type ContactCenter, type ContactCenterFields } from './contact-center.ts';
import * as store from './store.ts';
import { type Insertion, insertCenter, requireHonestNames, reread } from './writes.ts';

/** The fields that other contact centres may have taken since the deletion. */
export type Anew = Pick<Restoration, 'name' | 'domains' | 'environmentId'>;

export async function keptOf(db: Queryable, present: ContactCenter): Promise<Deleted> {
  const { id, environmentId, name } = present;
  const { hasSecrets, subjectsWereShared } = await store.readHidden(db, id);
  const lostSecrets: LostSecret[] = hasSecrets ? ['oidcSecret'] : [];
  const document = { ...auditedFields(present), subjectsWereShared };
  return {
    kind: 'contact-center',
    objectId: id,
    environmentId,
    contactCenterId: id,
    name,
    lostSecrets,
    document,
  };
}

/** @throws AppError 400, 409 where its environment has gone, or another contact centre has one of its domains */
export async function restoreCenter(
  insertion: Insertion,
  kept: Kept,
  { name, domains, environmentId }: Anew,
): Promise<ContactCenter> {
  const { subjectsWereShared, ...before } = kept.document as ContactCenterFields & {
    subjectsWereShared: boolean;
  };
  const { write } = insertion;
  // The release before kept none.
  const { secondFactor = noSecondFactor } = before;
  const fields = { ...before, secondFactor, ...definedOnly({ name, domains, environmentId }) };
  requireHonestNames(fields);
  const { id } = await insertCenter(insertion, kept.objectId, fields, false);
  if (subjectsWereShared) await store.noteSharedSubjects(write.db, id);
  await store.recordSharedSubjects(write.db, fields.environmentId);
  await restoreParts(write.db, kept);
  if (await store.hasSetting(write.db, id, corsSetting))
    write.announce({ entity: 'cors', id, contactCenterId: id });
  return reread(write.db, id);
}
