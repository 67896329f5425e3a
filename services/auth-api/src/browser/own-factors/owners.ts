/** Lets a person look at the own second factors, and change them by a sign-in that is strong and new enough. */

import { requireStepUp } from '@gatehouse/caller-auth/credentials';
import { accessDenied } from '@gatehouse/caller-auth/oauth-errors';
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { forbidden } from '@gatehouse/service-kit/errors';
import { nameVisitor } from '@gatehouse/service-kit/http';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { Factors } from '../../factors/compose.ts';
import { freshSeconds } from '../../factors/enrolment/permission.ts';
import type { HeldFactors } from '../../factors/store/held.ts';
import type { EnrolmentReason } from '../../factors/store/lasting-factors.ts';
import type { Admission } from '../../people/accounts/admission.ts';
import { personAt } from '../../records/revocation/revocation.ts';
import type { BrowserRequest } from '../cookies/browser-cookies.ts';
import { crossSite, isForeign } from '../cookies/same-origin.ts';
import { requireAccountHolder } from '../sessions/account-holder.ts';
import type { Caller, Callers } from '../sessions/caller.ts';
import { type Situation, situationOf } from './situation.ts';

interface OwnersOptions {
  callers: Pick<Callers, 'find'>;
  admission: Pick<Admission, 'admit' | 'policyOf'>;
  factors: Pick<Factors, 'held' | 'passkeys'>;
  limit: Pick<AttemptLimiter, 'reserve'>;
  publicUrl: string;
  now: Clock;
}

export interface Owner {
  caller: Caller;
  policy: SecondFactorView;
  held: HeldFactors;
  situation: Situation;
}

export type Owners = ReturnType<typeof createOwners>;

export function createOwners({ callers, admission, factors, limit, publicUrl, now }: OwnersOptions) {
  async function ownerOf(caller: Caller): Promise<Owner> {
    const { identity, proofs } = caller;
    const [policy, held, party] = await Promise.all([
      admission.policyOf(identity.contactCenterId),
      factors.held(identity),
      factors.passkeys.relyingParty.state(),
    ]);
    if (policy === undefined) throw accessDenied('The contact centre of the user does not exist any more');
    const roles = identity.authorities.map(({ name }) => name);
    const situation = situationOf({
      ...{ policy, roles, held, proofs },
      arePasskeysOn: party.isOn,
      nowMs: now(),
    });
    // In the time of grace a person without a factor comes here to add one.
    if (situation.reason !== 'grace') await admission.admit(identity, { act: 'account', proofs });
    return { caller, policy, held, situation };
  }

  async function change(request: BrowserRequest): Promise<Owner> {
    const caller = await requireAccountHolder(callers, request);
    if (caller.via === 'session' && isForeign(request.headers, publicUrl)) throw crossSite();
    limit.reserve(personAt(caller.identity));
    const { clientAddress, sid } = caller;
    nameVisitor({ clientAddress, ...definedOnly({ sid }) });
    const owner = await ownerOf(caller);
    requireStepUp(owner.situation.stepUp, { isDangerous: true, maxAgeSeconds: freshSeconds, nowMs: now() });
    return owner;
  }

  return {
    /** @throws OAuthError (401, 403); AppError (403, 503) */
    async require(request: BrowserRequest): Promise<void> {
      await requireAccountHolder(callers, request);
    },
    /** @throws as `require` */
    look: async (request: BrowserRequest) => ownerOf(await requireAccountHolder(callers, request)),
    /** @throws as `look`; AppError (401) for a sign-in that is too weak or too old, (403) for a page of another site, (429) */
    change,
    /** @throws as `change`; AppError (403) where the person may not add such a factor */
    async add(
      request: BrowserRequest,
      factor: Situation['addable'][number],
    ): Promise<Owner & { reason: EnrolmentReason }> {
      const owner = await change(request);
      const { addable, reason, isInvitationNeeded } = owner.situation;
      if (reason !== undefined && addable.includes(factor)) return { ...owner, reason };
      throw forbidden(
        isInvitationNeeded
          ? 'A first second factor needs an invitation of your administrator, at a sign-in'
          : 'The contact centre does not accept this second factor: choose another one',
        { name: isInvitationNeeded ? 'invitation_needed' : 'factor_not_accepted' },
      );
    },
  };
}
