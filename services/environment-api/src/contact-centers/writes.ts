/** Writes a contact centre within a transaction, with its domains, its audit row and the ends that follow. */

import { isDeepStrictEqual } from 'node:util';
import { type Directory, isOwnDirectory, isStricter } from '@gatehouse/contracts/environment-api';
import { diff } from '@gatehouse/service-kit/changes';
import { badRequest, conflict } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { AdministratorPlaces } from '../access/administrator-places.ts';
import { type Caller, mayRead } from '../access/caller.ts';
import type { Write } from '../changes/writer.ts';
import { isKeptCenter } from '../deleted/kept.ts';
import { requireHonestName } from '../fields/names.ts';
import { auditedFields, type ContactCenter, type ContactCenterFields } from './contact-center.ts';
import { announceEnds } from './ends.ts';
import { requireAnswerable } from './membership.ts';
import * as store from './store.ts';

export interface Insertion {
  write: Write;
  caller: Caller;
  administratorPlaces: Pick<AdministratorPlaces, 'endFormer'>;
}

/** `needsChoice`: the caller did not say which people belong to it. @throws AppError 400, 409, 503 */
export async function insertCenter(
  { write, caller, administratorPlaces }: Insertion,
  id: string,
  fields: ContactCenterFields,
  needsChoice: boolean,
): Promise<ContactCenter> {
  requireAnswerable(await holdEnvironment(write.db, fields.environmentId), fields.membership);
  if (needsChoice) await requireChoice(write.db, fields.environmentId);
  if (!(await store.insertContactCenter(write.db, id, fields))) {
    throw conflict(`A contact centre with the id ${id} exists: change it with PUT, or choose another id`, {
      field: 'data.id',
      reason: 'taken',
    });
  }
  // Auth API stores rights and sessions by this id. Not before the id is known to be free: a live contact centre would lose its own.
  if (await isKeptCenter(write.db, id)) await write.requires(() => administratorPlaces.endFormer(id));
  await replaceDomains(caller, write.db, id, fields.domains);
  await record(write, 'create', id, undefined, fields);
  announceEnds(write, id, undefined, fields);
  return reread(write.db, id);
}

/** @throws AppError 409 where another contact centre has a domain */
export async function updateCenter(
  write: Write,
  caller: Caller,
  present: ContactCenter,
  next: ContactCenterFields,
): Promise<ContactCenter> {
  await store.updateContactCenter(write.db, present.id, next, {
    raisesSecondFactor: isStricter(present.secondFactor, next.secondFactor),
  });
  if (!isDeepStrictEqual(present.domains, next.domains))
    await replaceDomains(caller, write.db, present.id, next.domains);
  await record(write, 'update', present.id, present, next);
  announceEnds(write, present.id, present, next);
  return reread(write.db, present.id);
}

export async function deleteCenter(write: Write, present: ContactCenter): Promise<void> {
  await store.deleteContactCenter(write.db, present.id);
  await record(write, 'delete', present.id, present, undefined);
  announceEnds(write, present.id, present, undefined);
}

/** `needsChoice`: the caller did not say which people belong to it. @throws AppError 400, 409 */
export async function requireNextMembership(
  db: Queryable,
  present: ContactCenter,
  next: ContactCenterFields,
  needsChoice: boolean,
): Promise<void> {
  const movesPeople = next.environmentId !== present.environmentId;
  if (!movesPeople && isDeepStrictEqual(present.membership, next.membership)) return;
  const directory = movesPeople
    ? await holdEnvironment(db, next.environmentId)
    : await store.holdEnvironment(db, next.environmentId);
  if (directory !== undefined) requireAnswerable(directory, next.membership);
  if (movesPeople && needsChoice) await requireChoice(db, next.environmentId);
}

/** @throws AppError 400 where the people of an environment must be told apart, and nobody says how */
async function requireChoice(db: Queryable, environmentId: string): Promise<void> {
  if ((await store.onlyContactCenter(db, environmentId)) === undefined) return;
  throw badRequest(
    'The environment serves another contact centre: say which of its people belong to this one, such as {"by": "tenant", "names": ["Nordic"]}, or {"by": "all"} for everybody',
    { field: 'data.membership', reason: 'missing' },
  );
}

export function requireHonestNames(next: ContactCenterFields, present?: ContactCenterFields): void {
  for (const [index, domain] of next.domains.entries())
    requireHonestName(`data.domains.${index}`, domain, present?.domains);
  requireHonestName('data.name', next.name, present && [present.name]);
}

/** @throws AppError 400, or 409 where the people of the environment are those of another contact centre */
async function holdEnvironment(db: Queryable, environmentId: string): Promise<Directory> {
  const field = 'data.environmentId';
  const directory = await store.holdEnvironment(db, environmentId);
  if (directory === undefined) {
    throw badRequest(`There is no environment ${environmentId}: create it first, or correct the id`, {
      field,
      reason: 'unknown_reference',
    });
  }
  // SCIM is addressed by contact centre: with two of them, one would write the people of the other.
  const owner = isOwnDirectory(directory) ? await store.onlyContactCenter(db, environmentId) : undefined;
  if (owner === undefined) return directory;
  throw conflict(
    `The environment ${environmentId} keeps the people of the contact centre ${owner}: create one with directory "people" for each contact centre`,
    { field, reason: 'taken' },
  );
}

async function replaceDomains(
  caller: Caller,
  db: Queryable,
  id: string,
  domains: readonly string[],
): Promise<void> {
  const taken = await store.replaceDomains(db, id, domains);
  if (!taken) return;
  const owner = mayRead(caller, taken.contactCenterId)
    ? `the contact centre ${taken.contactCenterId}`
    : 'another contact centre';
  throw conflict(
    `The domain ${JSON.stringify(taken.domain)} belongs to ${owner}: domains are unique over all contact centres, in any case`,
    { field: 'data.domains', reason: 'taken' },
  );
}

async function record(
  write: Write,
  action: 'create' | 'update' | 'delete',
  id: string,
  before: ContactCenterFields | undefined,
  after: ContactCenterFields | undefined,
): Promise<void> {
  const changes = diff(before && auditedFields(before), after && auditedFields(after));
  await write.record({ action, entity: 'contact-center', id, contactCenterId: id, changes });
}

export async function reread(db: Queryable, id: string): Promise<ContactCenter> {
  const center = await store.readContactCenter(db, id);
  if (!center) throw new Error(`contact centre ${id} vanished inside its own transaction`);
  return center;
}
