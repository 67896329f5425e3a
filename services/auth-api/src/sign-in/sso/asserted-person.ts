/** Describes the person that an identity provider asserts, in either protocol, before the Configuration Server confirms them. */

import type { SsoTrialField } from '@gatehouse/contracts/auth-administration';
import { type AssuranceLevel, definedOnly, nameProblem, strongerOf } from '@gatehouse/contracts/values';
import type { ProviderSession } from '../../browser/sessions/session.ts';
import { type Proof, severalFactors } from '../../core/assurance/proof.ts';
import { levelAsked, supportedContexts } from '../../core/protocol/authentication-context.ts';
import { SsoError } from './failure.ts';
import type { SsoFlow } from './login/flow.ts';
import type { SignOnSettings } from './settings.ts';

export interface AssertedPerson {
  /** Entity id or issuer of the identity provider, as it was verified. */
  issuer: string;
  /** The name that `userLookup` looks for; undefined when the answer held none. */
  name: string | undefined;
  /** Where the name was looked for, in words. */
  nameSource: string;
  groups: readonly string[];
  /** Claims or attributes of the provider, for a sign-in as a test. */
  received: readonly SsoTrialField[];
  /** Names the person for ever. */
  subject?: string;
  /** In words, why nothing in the answer does. */
  subjectProblem?: string;
  firstName?: string;
  lastName?: string;
  /** An e-mail address that the settings let a new person have. */
  email?: string;
  /** An e-mail address that the identity provider says it has verified. */
  verifiedEmail?: string;
  /** When the identity provider asked the person. */
  authTimeMs: number | undefined;
  /** How (RFC 8176), where it says so. */
  amr: string[];
  /** Authentication context as it names it: `acr`, or AuthnContextClassRef. */
  context?: string;
  /** The identity provider's session ends then. */
  sessionEndsAtMs?: number;
  provider: ProviderSession;
}

const maxName = 255;

/**
 * The name to look up at the directory, as it was asserted: a provider that knows names with spaces around them has other people.
 * @throws SsoError
 */
export function nameOf(
  person: Pick<AssertedPerson, 'name' | 'nameSource'>,
  { userNameDomain }: SignOnSettings,
): string {
  const name = person.name?.normalize('NFC') ?? '';
  if (name.trim() === '' || name.length > maxName) {
    throw new SsoError(
      'name_missing',
      `${person.nameSource} is missing, empty or longer than ${maxName} characters`,
    );
  }
  if (userNameDomain === undefined) return name;
  const ending = `@${userNameDomain}`;
  if (!name.toLowerCase().endsWith(ending.toLowerCase()) || name.length === ending.length) {
    throw new SsoError(
      'name_of_other_domain',
      `${person.nameSource} is ${JSON.stringify(name)}, which does not end with ${ending}`,
    );
  }
  return name.slice(0, -ending.length);
}

/** The name of the person that never becomes that of another one. @throws SsoError */
export function stableSubjectOf({ subject, subjectProblem }: AssertedPerson): string {
  if (subject !== undefined) return subject;
  throw new SsoError('subject_unstable', subjectProblem ?? 'nothing in the answer is meant to stay the same');
}

/** A name or an address as the people store takes it. Others are left out: nobody is kept out by them. */
export function shortText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '' || value.length > 255) return undefined;
  return value.isWellFormed() && nameProblem(value) === undefined ? value : undefined;
}

/** Whether the address that the Configuration Server has is the one that the identity provider has verified. */
export function hasVerified({ verifiedEmail }: AssertedPerson, email: string | undefined): boolean {
  return verifiedEmail !== undefined && verifiedEmail.toLowerCase() === email?.toLowerCase();
}

/** Groups at the identity provider let in or keep out; they give no rights. @throws SsoError */
export function requireGroup({ groups }: AssertedPerson, { requiredGroups = [] }: SignOnSettings): void {
  if (requiredGroups.length === 0 || requiredGroups.some((group) => groups.includes(group))) return;
  throw new SsoError(
    'group_missing',
    `the person is in none of ${requiredGroups.join(', ')}; in ${groups.length} groups altogether`,
  );
}

const samlContext = (name: string) => `urn:oasis:names:tc:SAML:2.0:ac:classes:${name}`;

/**
 * Contexts that mean more than one factor by their definition, whoever names them. A time-synchronised token is one factor by its
 * own (SAML authentication context, section 3.4), so TimeSyncToken is none of them. Nor does one mean more for its name alone: which
 * of them cannot be phished is for the settings to say.
 */
const knownStrongContexts: ReadonlySet<string> = new Set([
  samlContext('MobileTwoFactorContract'),
  samlContext('MobileTwoFactorUnregistered'),
  samlContext('SmartcardPKI'),
  'https://refeds.org/profile/mfa',
  'http://schemas.microsoft.com/claims/multipleauthn',
]);

/** Methods (RFC 8176), with what the context amounts to. */
export function methodsOf(
  { amr, context }: Pick<AssertedPerson, 'amr' | 'context'>,
  { strongContext, phishingResistantContexts = [] }: SignOnSettings,
): Pick<Extract<Proof, { factor: 'provider' }>, 'methods' | 'isPhishingResistant'> {
  if (context === undefined) return { methods: amr };
  const isPhishingResistant = phishingResistantContexts.includes(context);
  const isStrong = isPhishingResistant || context === strongContext || knownStrongContexts.has(context);
  return definedOnly({
    methods: [...new Set([...amr, ...(isStrong ? [severalFactors] : [])])],
    isPhishingResistant: isPhishingResistant ? true : undefined,
  });
}

/**
 * The contexts that an identity provider is asked for where an application wants these: ours have names of our own. `needed`: the
 * level without which the person is refused afterwards, so no weaker one is asked for.
 */
export function contextsToAskFor(
  { needed, wanted }: { needed: AssuranceLevel; wanted: readonly string[] },
  { strongContext, phishingResistantContexts: resistant = [] }: SignOnSettings,
): string[] {
  const strong = strongContext === undefined ? [] : [strongContext];
  const names: Record<AssuranceLevel, readonly string[]> = {
    password: [],
    // A provider that is asked for this one alone would keep the stronger ones back.
    secondFactor: strong.length === 0 ? [] : [...strong, ...resistant],
    phishingResistant: resistant.length === 0 ? strong : resistant,
  };
  const asked = wanted.flatMap((context) =>
    supportedContexts.includes(context) ? names[strongerOf(needed, levelAsked([context]))] : context,
  );
  return [...new Set([...names[needed], ...asked])];
}

/** Clocks of OpenID Connect providers differ by so much; SAML settings have their own. */
const oidcSkewSeconds = 60;

export function skewMsOf(settings: SignOnSettings): number {
  return 1000 * (settings.protocol === 'saml' ? settings.clockSkewSeconds : oidcSkewSeconds);
}

export interface FreshnessRule {
  nowMs: number;
  skewMs: number;
}

/**
 * When the identity provider saw the person. A time that was asked for and is not told is a refusal: nobody could say
 * whether the person was asked at all.
 * @throws SsoError
 */
export function seenAtMs(
  { authTimeMs }: AssertedPerson,
  { isForced, maxAgeSeconds, startedAtMs }: SsoFlow,
  { nowMs, skewMs }: FreshnessRule,
): number | 'just now' | 'unknown' {
  if (authTimeMs !== undefined && authTimeMs > nowMs + skewMs) {
    throw new SsoError('wrong_time', `the person was asked at ${iso(authTimeMs)}, which is in the future`);
  }
  if (!isForced && maxAgeSeconds === undefined)
    return authTimeMs === undefined ? 'unknown' : Math.min(authTimeMs, nowMs);
  if (authTimeMs === undefined)
    throw new SsoError('not_fresh', 'the answer does not say when the person was asked');
  if (isForced) {
    if (authTimeMs + skewMs >= startedAtMs) return 'just now';
    throw new SsoError('not_fresh', `the person was to be asked again and was asked at ${iso(authTimeMs)}`);
  }
  const oldestMs = nowMs - (maxAgeSeconds ?? 0) * 1000;
  if (authTimeMs + skewMs < oldestMs) {
    throw new SsoError(
      'not_fresh',
      `the person was asked at ${iso(authTimeMs)}, more than ${maxAgeSeconds} s ago`,
    );
  }
  // A time that the tolerance let through must not be found too old a moment later.
  return Math.min(nowMs, Math.max(authTimeMs, oldestMs + skewMs));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
