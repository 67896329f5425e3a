/** Tells whether users and clients of a contact centre may still be given anything, at the moment of the gift. */
import { unavailable } from '@gatehouse/service-kit/errors/app-error';
import { invalidGrant } from '@gatehouse/service-kit/errors/oauth-error';
import type { Entry } from '../revocation/revocation.ts';
import type { Revocations } from '../revocation/revocations.ts';
import { canonicalTenant } from './fold-name.ts';
import type { ContactCenterService } from './service.ts';
import { subjectOf, subjectPlaceOf } from './subjects.ts';

/** Where a user belongs. */
export interface Member {
  contactCenterId: string;
  environmentId: string;
  dbid: number;
  sub: string;
  entry?: Entry | undefined;
}

export interface StandingOptions {
  contactCenters: Pick<ContactCenterService, 'get'>;
  revocations: Pick<Revocations, 'hasEnded'>;
}

export type Standing = ReturnType<typeof createStanding>;

export function createStanding({ contactCenters, revocations }: StandingOptions) {
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
   * Whether the user's contact centre is active, in the same environment, knows the user by this subject, and has the domain
   * of the login.
   * To be asked after the moment of issue was noted and before the answer is sent: a replica that hears of the end later
   * revokes what it issued until then. @throws AppError (503)
   */
  async function holds(member: Member): Promise<boolean> {
    const { contactCenterId, environmentId, dbid, sub, entry = {} } = member;
    const read = await readActive(contactCenterId);
    if (read === 'unread') return true;
    const { view } = read;
    if (view === undefined || view.environmentId !== environmentId) return false;
    if (sub !== subjectOf(subjectPlaceOf(view), dbid)) return false;
    const { domain } = entry;
    return domain === undefined || view.domains.some((known) => canonicalTenant(known) === domain);
  }

  return {
    holds,
    /** As holds. @throws OAuthError invalid_grant */
    async require(member: Member): Promise<void> {
      if (await holds(member)) return;
      throw invalidGrant(
        'The contact centre of the user is disabled, or the user may not come in this way any more',
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
