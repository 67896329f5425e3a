/** Tells what a person would meet at the second step, by everything that the person can give: the gate is asked, and nobody has to sign in for it. */
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { demandingRoles, type Need } from '../../core/assurance/need.ts';
import type { Proof } from '../../core/assurance/proof.ts';
import type { Factors } from '../../factors/compose.ts';
import { addableFactors } from '../../factors/enrolment/permission.ts';
import { type HeldFactors, proofsOfHeld, usableFactors } from '../../factors/store/held.ts';
import type { Admission, Asked } from '../../people/accounts/admission.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';
import { type NextStep, nextStepOf } from './next-step.ts';

export interface Prospect {
  policy: SecondFactorView;
  need: Need;
  /** Those of the person for which the policy demands this level. */
  roles: string[];
  held: HeldFactors;
  arePasskeysOn: boolean;
  /** The person comes in by the factors that are there. */
  isEnough: boolean;
  /** The person is let in without a factor until then. */
  graceEndsAtMs: number | undefined;
  /** Of somebody for whom it is not enough, after everything was given. */
  next: NextStep;
  /** The policy accepts a factor that would be enough. */
  isAddable: boolean;
}

interface ProspectOptions {
  admission: Pick<Admission, 'policyOf' | 'judge'>;
  factors: Pick<Factors, 'held' | 'passkeys'>;
  now: Clock;
}

/** How the person begins. */
export interface Beginnings {
  byPassword: boolean;
  /** It names no method: whether it has seen a factor is known at the sign-in alone. */
  byProvider: boolean;
}

export type Prospects = ReturnType<typeof createProspects>;

export function createProspects({ admission, factors, now }: ProspectOptions) {
  return {
    /** Undefined: the contact centre is gone. @throws AppError (503) */
    async of(
      identity: UserIdentity,
      beginnings: Beginnings,
      client: Asked['client'],
    ): Promise<Prospect | undefined> {
      const [policy, held, party] = await Promise.all([
        admission.policyOf(identity.contactCenterId),
        factors.held(identity),
        factors.passkeys.relyingParty.state(),
      ]);
      const nowMs = now();
      const proofs: Proof[] = [
        ...proofsOfBeginning(beginnings, nowMs),
        ...proofsOfHeld(usableFactors(held, party.isOn), nowMs),
      ];
      const verdict = await admission.judge(identity, { act: 'session', proofs, client });
      if (policy === undefined || 'gone' in verdict) return undefined;
      const isAdmitted = 'admitted' in verdict;
      const need = isAdmitted ? verdict.need : verdict.short.need;
      const graceEndsAtMs = isAdmitted ? verdict.graceEndsAtMs : undefined;
      const roles = identity.authorities.map(({ name }) => name);
      const arePasskeysOn = party.isOn;
      const situation = { policy, roles, need: need.level, proofs, held, arePasskeysOn };
      return {
        ...{ policy, need, held, arePasskeysOn, graceEndsAtMs },
        roles: demandingRoles(policy, roles, need.level),
        isEnough: isAdmitted && graceEndsAtMs === undefined,
        next: nextStepOf({ ...situation, isInvited: false, freshUntilMs: nowMs, nowMs }),
        isAddable: addableFactors(policy, { level: need.level, arePasskeysOn }).length > 0,
      };
    },
  };
}

function proofsOfBeginning({ byPassword, byProvider }: Beginnings, atMs: number): Proof[] {
  const proofs: (Proof | false)[] = [
    byPassword && { factor: 'password', atMs },
    byProvider && { factor: 'provider', atMs, methods: [] },
  ];
  return proofs.filter((proof) => proof !== false);
}
