/** Reads what decides the next step of a sign-in that waits: the policy, and what the person has. */

import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import type { AssuranceLevel } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Session } from '../../browser/sessions/session.ts';
import type { Proof } from '../../core/assurance/proof.ts';
import type { Factors } from '../../factors/compose.ts';
import type { HeldFactors } from '../../factors/store/held.ts';
import type { Admission } from '../../people/accounts/admission.ts';
import type { Demands } from '../../people/accounts/demands.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';
import { proofsOf } from '../../tokens/session-reference.ts';
import { type Entrance, stepExpired } from './entrance.ts';
import { type NextStep, nextStepOf } from './next-step.ts';
import { type WaitingSignIn, waitingLifeMs } from './waiting.ts';

export interface Situation {
  policy: SecondFactorView;
  need: AssuranceLevel;
  held: HeldFactors;
  next: NextStep;
}

export type Situations = ReturnType<typeof createSituations>;

interface SituationOptions {
  entrance: Pick<Entrance, 'judge'>;
  admission: Pick<Admission, 'policyOf'>;
  factors: Pick<Factors, 'held' | 'passkeys'>;
  now: Clock;
}

interface Asking {
  identity: UserIdentity;
  proofs: readonly Proof[];
  demands?: Demands | undefined;
}

export function createSituations({ entrance, admission, factors, now }: SituationOptions) {
  async function of(asking: Asking, { isInvited = false, beganAtMs = now() }): Promise<Situation> {
    const { identity, proofs } = asking;
    const [policy, verdict, held, party] = await Promise.all([
      admission.policyOf(identity.contactCenterId),
      entrance.judge(asking),
      factors.held(identity),
      factors.passkeys.relyingParty.state(),
    ]);
    if (policy === undefined || 'gone' in verdict) throw stepExpired();
    const need = 'short' in verdict ? verdict.short.need.level : verdict.need.level;
    const facts = {
      policy,
      roles: identity.authorities.map(({ name }) => name),
      need,
      proofs,
      held,
      isInvited,
      arePasskeysOn: party.isOn,
      freshUntilMs: beganAtMs,
      nowMs: now(),
    };
    return { policy, need, held, next: nextStepOf(facts) };
  }

  return {
    /** @throws AppError where the contact centre has gone, or (503) */
    ofWaiting: (waiting: WaitingSignIn) =>
      of(waiting, {
        isInvited: waiting.invitedUntilMs !== undefined && now() <= waiting.invitedUntilMs,
        beganAtMs: waiting.expiresAtMs - waitingLifeMs,
      }),
    /** Whether the person of a session has a factor by which it could be raised. @throws AppError as ofWaiting */
    async canRaise(session: Session, demands: Demands): Promise<boolean> {
      const proofs = proofsOf({ session, authorizedAtMs: session.createdAtMs });
      return (await of({ identity: session.identity, proofs, demands }, {})).next.state === 'verify';
    },
  };
}
