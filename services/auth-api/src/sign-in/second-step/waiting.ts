/** Defines a sign-in that waits for its second factor. It is no session, and nothing but the second step reads it. */
import type { SecondStepFailure } from '@gatehouse/contracts/auth-api';
import type { Newcomer } from '../../browser/sessions/session.ts';
import type { OwnProof, Proof } from '../../core/assurance/proof.ts';
import type { Demands } from '../../people/accounts/demands.ts';
import type { PasswordIsOver } from '../../people/directories/sign-in-error.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';

/** Somebody who has proved something, and may have to prove more. */
export interface Entering {
  identity: UserIdentity;
  proofs: readonly Proof[];
  /** The session as it will be. A revocation since `provedAtMs`, the time of the first proof, ends it. */
  newcomer: Omit<Newcomer, 'admitted' | 'provedAtMs'> & { provedAtMs: number };
  /** Where the browser goes afterwards where no application waits. */
  target?: string | undefined;
  demands?: Demands | undefined;
  /** For the audit trail. Absent where an existing session is raised, or goes on after a change of the password. */
  login?:
    | { clientId?: string | undefined; method?: string | undefined; location?: string | undefined }
    | undefined;
  /** An existing session that is raised: it must still live when the factor is there. `interactionId`: of the request that wants it; absent: a page does. */
  raises?: { sid: string; interactionId?: string | undefined } | undefined;
  /** The password must be changed: the factor leads to the page for a new one, and no further. */
  passwordIsOver?: PasswordIsOver | undefined;
}

/** Of the authorization request that goes on afterwards; undefined: no application waits. */
export const interactionOf = ({ raises, newcomer }: Entering): string | undefined =>
  raises === undefined ? newcomer.interactionId : raises.interactionId;

/** Plain JSON in Redis. */
export interface WaitingSignIn extends Entering {
  /** Goes into the forms of the page. */
  csrf: string;
  expiresAtMs: number;
  /** An administrator's code was given: its person may add a first factor until then. */
  invitedUntilMs?: number | undefined;
  /** The person goes on without a factor in the time of grace. */
  goesOnWithout?: boolean | undefined;
  /** The app for codes that is being set up: this sign-in alone may show its secret. */
  totpId?: string | undefined;
  /** Sealed, while they are shown. */
  recoveryCodes?: string | undefined;
  failure?:
    | { reason: SecondStepFailure; correlationId: string; retryAfterSeconds?: number | undefined }
    | undefined;
}

/** Also the life of an interaction: both begin again together. */
export const waitingLifeMs = 600_000;

/** A factor that was given or added just now. `epoch`: while it lasts, the device may be remembered for it. */
export interface Given {
  proof: OwnProof;
  epoch: number;
}
