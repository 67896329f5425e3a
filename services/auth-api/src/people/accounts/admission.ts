/**
 * The gate: decides wherever something is issued or changed whether a person has proved enough, by the policy of the contact centre,
 * the person's roles, the client and the request. It makes a value that nobody else makes. Sessions and records of tokens are made
 * of that value alone.
 */
import {
  accessDenied,
  interactionRequired,
  invalidGrant,
  OAuthError,
} from '@gatehouse/caller-auth/oauth-errors';
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import { type AssuranceLevel, assuranceNames } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { unavailable } from '@gatehouse/service-kit/errors';
import { currentCorrelationId } from '@gatehouse/service-kit/http';
import { type Assurance, assuranceOf } from '../../core/assurance/assurance.ts';
import {
  enrolmentGraceEndsAtMs,
  graceEndsAtMs,
  isMet,
  type Need,
  needOf,
  noPolicy,
} from '../../core/assurance/need.ts';
import type { Proof } from '../../core/assurance/proof.ts';
import { type HeldFactors, lastingFactors } from '../../factors/store/held.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { KeptPolicies } from '../../registry/contact-centers/kept-policies.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { SignInError } from '../directories/sign-in-error.ts';
import type { UserIdentity } from '../identity/identity.ts';

/** Everything that is issued to a person or changed for one. */
export const acts = [
  'session',
  'code',
  'implicit',
  'token',
  'refresh',
  'device',
  'ciba',
  'exchange',
  'assertion',
  'consent',
  'passwordChange',
  'account',
  'console',
] as const;

export type Act = (typeof acts)[number];

export interface Asked {
  act: Act;
  proofs: readonly Proof[];
  /** The client that gets something. */
  client?: Pick<Client, 'clientId' | 'minimumAcr'> | undefined;
  /** The level that the request calls essential. */
  request?: AssuranceLevel | undefined;
}

declare const byTheGate: unique symbol;

/** A person who has proved enough for one act. Only the gate makes it. */
export interface Admitted {
  readonly [byTheGate]: true;
  readonly identity: UserIdentity;
  readonly proofs: readonly Proof[];
  readonly assurance: Assurance;
}

export interface Shortfall {
  need: Need;
  assurance: Assurance;
}

/** `graceEndsAtMs`: the person has no factor yet, and is let in without one until then. */
type Verdict =
  | { admitted: Admitted; need: Need; graceEndsAtMs?: number | undefined }
  | { short: Shortfall }
  | { gone: true };

export interface AdmissionOptions {
  contactCenters: Pick<ContactCenterService, 'get'>;
  keptPolicies: Pick<KeptPolicies, 'counting' | 'lastSeen'>;
  /** Counts the factors of the person. The gate asks only where they may decide. @throws AppError (503) */
  held(person: PersonKey): Promise<HeldFactors>;
  /** Writes refusals: a program that repeats a refused request must not fill the audit trail. */
  refused: Pick<AuditWriter, 'write'>;
  now: Clock;
}

export type Admission = ReturnType<typeof createAdmission>;

/** A remembered device lets its person in. It does not stand for the person where something dangerous is done. */
const needThePerson: ReadonlySet<Act> = new Set(['consent', 'passwordChange', 'account', 'console']);

/** These go on with a sign-in that was strong enough when it was made: a person who adds a factor loses nothing by it. */
const goOn: ReadonlySet<Act> = new Set(['refresh', 'exchange']);

export function createAdmission({ contactCenters, keptPolicies, held, refused, now }: AdmissionOptions) {
  /** Undefined: there is no such contact centre. While nobody can say whether a factor is needed, nobody is let in. @throws AppError (503) */
  async function policyOf(id: string): Promise<SecondFactorView | undefined> {
    const read = await contactCenters.get(id).then(
      (view) => ({ view }),
      (cause: unknown) => ({ cause }),
    );
    if ('cause' in read) {
      const kept = await keptPolicies.lastSeen(id);
      if (kept !== undefined) return kept;
      throw unavailable('Environment API', {
        cause: read.cause,
        detail: `nobody can say which factors contact centre ${id} requires`,
      });
    }
    const { view } = read;
    if (view === undefined) return undefined;
    // An Environment API of the release before does not show a policy that a later one has stored.
    if (view.secondFactor === undefined) return (await keptPolicies.lastSeen(id)) ?? noPolicy;
    return keptPolicies.counting({ ...view, secondFactor: view.secondFactor });
  }

  /** Refuses nothing, and records nothing. @throws AppError (503) */
  async function judge(identity: UserIdentity, asked: Asked): Promise<Verdict> {
    const policy = await policyOf(identity.contactCenterId);
    if (policy === undefined) return { gone: true };
    const { act, proofs, client, request } = asked;
    const roles = identity.authorities.map(({ name }) => name);
    const others = { client: client?.minimumAcr, request };
    const demanded = needOf({ policy, roles, ...others });
    // Nor does it stand for the person where the request asks for more than a password.
    const countsDevices = !needThePerson.has(act) && (request === undefined || request === 'password');
    const assurance = assuranceOf(proofs, policy, { countsDevices });
    const admitted = { identity, proofs, assurance } as Admitted;
    // Where factors are offered, a person who has one is asked for it: a password alone would make it worthless.
    const asksHolders = policy.mode === 'offered' && assurance.level === 'password' && !goOn.has(act);
    const isEnough = isMet(assurance, demanded, now());
    if (isEnough && !asksHolders) return { admitted, need: demanded };
    // The times of grace are the policy's alone: what the client demands counts at once.
    const isOfPolicy = isMet(assurance, needOf({ policy: noPolicy, roles: [], ...others }), now());
    if (isOfPolicy && act === 'refresh' && isBefore(graceEndsAtMs(policy), now()))
      return { admitted, need: demanded };
    const enrolmentEndsAtMs = enrolmentGraceEndsAtMs(policy);
    const letsInWithout = isEnough || (isOfPolicy && isBefore(enrolmentEndsAtMs, now()));
    if (letsInWithout && lastingFactors(await held(identity)) === 0)
      return { admitted, need: demanded, graceEndsAtMs: isEnough ? undefined : enrolmentEndsAtMs };
    return { short: { need: asksHolders ? holdersNeed(demanded) : demanded, assurance } };
  }

  /** Records the refusal and gives it in the form of the act. */
  async function refusalOf(
    identity: UserIdentity,
    asked: Asked,
    short: Shortfall,
  ): Promise<OAuthError | SignInError> {
    const { act, client } = asked;
    const { need, assurance } = short;
    await refused.write({
      name: 'assurance_refused',
      outcome: 'failure',
      correlationId: currentCorrelationId() ?? act,
      sub: identity.sub,
      clientId: client?.clientId,
      contactCenterId: identity.contactCenterId,
      fields: { act, need: need.level, has: assurance.level, by: need.by },
    });
    return forms[formOf[act]](short);
  }

  return {
    policyOf,
    judge,
    refusalOf,
    /**
     * Ask before anything is issued; whether the contact centre goes on is asked afterwards, by contact-center-status.ts.
     * @throws OAuthError, SignInError in the form of the act; AppError (503)
     */
    async admit(identity: UserIdentity, asked: Asked): Promise<Admitted> {
      const verdict = await judge(identity, asked);
      if ('admitted' in verdict) return verdict.admitted;
      if ('gone' in verdict) throw goneFor(asked.act);
      throw await refusalOf(identity, asked, verdict.short);
    },
    /** The level that the contact centre or the client requires of everybody at the identity provider. @throws AppError (503) */
    async levelOfEverybody(contactCenterId: string, client: Asked['client']): Promise<AssuranceLevel> {
      const policy = await policyOf(contactCenterId);
      if (policy?.federated === 'alsoHere') return 'password';
      return needOf({ policy: policy ?? noPolicy, roles: [], client: client?.minimumAcr }).level;
    },
    /**
     * Refuses somebody of whom nothing is known but a name and a password, before the name is looked up: the answer must not tell
     * who exists. `dependsOnPerson`: the gate must be asked again once the password is proved. @throws SignInError; AppError (503)
     */
    async admitPasswordAlone(contactCenterId: string): Promise<{ dependsOnPerson: boolean }> {
      const policy = (await policyOf(contactCenterId)) ?? unknownPolicy;
      const { level } = needOf({ policy, roles: [] });
      if (level !== 'password' && !isBefore(enrolmentGraceEndsAtMs(policy), now()))
        throw new SignInError('second_factor_required', {
          detail: `contact centre ${contactCenterId} requires more than a password`,
        });
      const { mode, requiredRoles, phishingResistantRoles } = policy;
      return { dependsOnPerson: mode !== 'off' || requiredRoles.length + phishingResistantRoles.length > 0 };
    },
  };
}

/** Of a contact centre that is gone: nobody changes a password there. */
const unknownPolicy: SecondFactorView = { ...noPolicy, mode: 'required' };

function isBefore(endsAtMs: number | undefined, nowMs: number): boolean {
  return endsAtMs !== undefined && nowMs <= endsAtMs;
}

/** Of somebody who has a factor where factors are offered. */
function holdersNeed(need: Need): Need {
  return need.level === 'password' ? { ...need, level: 'secondFactor', by: 'contactCenter' } : need;
}

type Form = 'page' | 'redirect' | 'grant' | 'resource';

const formOf: Record<Act, Form> = {
  session: 'page',
  passwordChange: 'page',
  code: 'redirect',
  implicit: 'redirect',
  device: 'redirect',
  ciba: 'redirect',
  consent: 'redirect',
  token: 'grant',
  refresh: 'grant',
  exchange: 'grant',
  assertion: 'grant',
  account: 'resource',
  console: 'resource',
};

const forms: Record<Form, (short: Shortfall) => OAuthError | SignInError> = {
  page: (short) => new SignInError('second_factor_required', { detail: descriptionOf(short) }),
  /** OpenID Connect Core section 3.1.2.6. */
  redirect: (short) => interactionRequired(descriptionOf(short), { refusal: 'second_factor_missing' }),
  grant: (short) => invalidGrant(descriptionOf(short), { refusal: 'second_factor_missing' }),
  /** RFC 9470 section 3. */
  resource: (short) => {
    const { level, maxAgeMs } = short.need;
    const age = maxAgeMs === undefined ? '' : `, max_age="${Math.floor(maxAgeMs / 1000)}"`;
    return new OAuthError('insufficient_user_authentication', 401, descriptionOf(short), {
      refusal: 'second_factor_missing',
      challenge: `Bearer realm="gatehouse", error="insufficient_user_authentication", acr_values="${assuranceNames[level]}"${age}`,
    });
  },
};

const demanders: Record<Need['by'], string> = {
  contactCenter: 'The policy of the contact centre',
  role: 'The policy of the contact centre for a role of the user',
  client: 'The registration of the client',
  request: 'The request',
};

const factors: Record<AssuranceLevel, string> = {
  password: 'a sign-in',
  secondFactor: 'a second factor',
  phishingResistant: 'a phishing-resistant factor',
};

/** RFC 6749 section 5.2: printable ASCII without quotes. */
function descriptionOf({ need, assurance }: Shortfall): string {
  const { level, by, maxAgeMs } = need;
  const isTooOld = maxAgeMs !== undefined && assurance.level !== 'password';
  const since = isTooOld ? ` of the last ${maxAgeMs / 3_600_000} hours` : '';
  return `${demanders[by]} requires ${factors[level]}${since}, which this sign-in does not have`;
}

/** As contact-center-status.ts says it. */
function goneFor(act: Act): OAuthError | SignInError {
  if (formOf[act] === 'page')
    return new SignInError('bad_credentials', { detail: 'the contact centre was switched off meanwhile' });
  const refuse = formOf[act] === 'grant' ? invalidGrant : accessDenied;
  return refuse('The contact centre of the user is disabled, or the user may not come in this way any more', {
    refusal: 'contact_center_disabled',
  });
}
