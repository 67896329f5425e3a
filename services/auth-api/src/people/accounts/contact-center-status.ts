/** Checks at the moment of issue whether users and clients of a contact centre may still get tokens and sessions. */

import { invalidGrant } from '@gatehouse/caller-auth/oauth-errors';
import type { ContactCenterView } from '@gatehouse/contracts/environment-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { unavailable } from '@gatehouse/service-kit/errors';
import type { Entry } from '../../records/revocation/revocation.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import { canonicalTenant } from '../../registry/contact-centers/fold-name.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { subjectOf, subjectPlaceOf } from '../../registry/contact-centers/subjects.ts';

/** Where a user belongs. */
export interface Member {
  contactCenterId: string;
  environmentId: string;
  dbid: number;
  sub: string;
  entry?: Entry | undefined;
}

export interface ContactCenterStatusOptions {
  contactCenters: Pick<ContactCenterService, 'get'>;
  revocations: Pick<Revocations, 'hasEnded'>;
  /** Whether the directory has the person in the contact centre. @throws AppError (503) */
  belongs(contactCenter: ContactCenterView, dbid: number): Promise<boolean>;
  now: Clock;
}

/** A sign-in asks for the membership: tokens that are issued right after it need no second question. */
const justNowMs = 10_000;

export type ContactCenterStatusCheck = ReturnType<typeof createContactCenterStatus>;

export function createContactCenterStatus({
  contactCenters,
  revocations,
  belongs,
  now,
}: ContactCenterStatusOptions) {
  /**
   * While Environment API is down nothing can be switched off, so only what was switched off before is in doubt.
   * @throws AppError (503)
   */
  async function readActive(id: string) {
    try {
      return { view: await contactCenters.get(id) };
    } catch (cause) {
      if (!revocations.hasEnded(id)) return 'unread';
      throw unavailable('Environment API', {
        cause,
        detail: `the status of contact centre ${id} is unknown`,
      });
    }
  }

  /**
   * Whether the user's contact centre is active, in the same environment, knows the user by this subject, has the domain
   * of the login, and still has the user among its people. The directory is asked where not everybody belongs to the contact
   * centre, and the user proved to be somebody of it a while before: at `provedAtMs`.
   * Ask after the moment of issue was recorded and before the answer is sent. A replica that hears of the end later
   * revokes everything that it issued until then. @throws AppError (503)
   */
  async function holds(member: Member, provedAtMs: number): Promise<boolean> {
    const { contactCenterId, environmentId, dbid, sub, entry = {} } = member;
    const read = await readActive(contactCenterId);
    if (read === 'unread') return true;
    const { view } = read;
    if (view === undefined || view.environmentId !== environmentId) return false;
    if (sub !== subjectOf(subjectPlaceOf(view), dbid)) return false;
    const { domain } = entry;
    if (domain !== undefined && !view.domains.some((known) => canonicalTenant(known) === domain))
      return false;
    if (view.membership.by === 'all' || now() - provedAtMs < justNowMs) return true;
    return belongs(view, dbid);
  }

  return {
    holds,
    /** As holds. @throws OAuthError invalid_grant */
    async require(member: Member, provedAtMs: number): Promise<void> {
      if (await holds(member, provedAtMs)) return;
      throw invalidGrant(
        'The contact centre of the user is disabled, or the user may not come in this way any more',
        { refusal: 'contact_center_disabled' },
      );
    },
    /** Those of a client's contact centres that are not switched off. @throws AppError (503) */
    async activeOf(contactCenterIds: readonly string[]): Promise<string[]> {
      const isActive = async (id: string) => {
        const read = await readActive(id);
        return read === 'unread' || read.view !== undefined;
      };
      const active = await Promise.all(contactCenterIds.map(isActive));
      return contactCenterIds.filter((_id, index) => active[index]);
    },
  };
}
