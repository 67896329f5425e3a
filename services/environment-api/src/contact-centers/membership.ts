/** Checks which people of an environment a contact centre may name as its own, and tells when fewer are left. */
import { type Directory, type Membership, peopleSources } from '@gatehouse/contracts/environment-api';
import { badRequest } from '@gatehouse/service-kit/errors';

/** @throws AppError 400 for a choice that the directory of the environment cannot answer */
export function requireAnswerable(directory: Directory, { by }: Membership): void {
  const { memberships, place, isOwn } = peopleSources[directory];
  if (memberships.includes(by)) return;
  const where = isOwn ? `${place}, whose people belong to this one contact centre` : place;
  throw badRequest(
    `The people of this environment are in ${where}: choose ${memberships.map((kind) => JSON.stringify(kind)).join(' or ')}`,
    { field: 'data.membership.by' },
  );
}

/** Whether somebody may have belonged to it before and not after. */
export function excludesSomebody(before: Membership, after: Membership): boolean {
  if (after.by === 'all') return false;
  return before.by !== after.by || before.names.some((name) => !after.names.includes(name));
}
