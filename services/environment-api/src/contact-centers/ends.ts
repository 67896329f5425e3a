/** Announces which sessions and tokens a change of a contact centre ends, so that Auth API revokes them. */

import { domainKey } from '@gatehouse/contracts/environment-api';
import type { Write } from '../changes/writer.ts';
import type { ContactCenterFields } from './contact-center.ts';
import { excludesSomebody } from './membership.ts';

/** `before` is undefined if it was created, `after` if it was deleted. */
export function announceEnds(
  write: Pick<Write, 'announce'>,
  id: string,
  before: ContactCenterFields | undefined,
  after: ContactCenterFields | undefined,
): void {
  if (hasEnded(before, after)) write.announce({ entity: 'contact-center-end', id, contactCenterId: id });
  if (before === undefined || after === undefined) return;
  const kept = new Set(after.domains.map(domainKey));
  for (const domain of before.domains) {
    if (!kept.has(domainKey(domain)))
      write.announce({ entity: 'domain-end', id: domain, contactCenterId: id });
  }
}

/** Its users are known to one environment, by one subject: in another one, or by another subject, they are other people. */
function hasEnded(before: ContactCenterFields | undefined, after: ContactCenterFields | undefined): boolean {
  // Clients may be bound to an id before it is created.
  if (before === undefined) return after?.status !== 'active';
  if (after === undefined || after.environmentId !== before.environmentId) return true;
  // Nobody here knows who is excluded: everybody signs in again, and who belongs to it may.
  if (excludesSomebody(before.membership, after.membership)) return true;
  if (after.subjectScope !== before.subjectScope) return true;
  return before.status === 'active' && after.status !== 'active';
}
