/**
 * Says what the gate lets through: each way in which something is issued or changed, by the proofs of the person and the policy. The
 * reference page is generated from it, and `gate.test.ts` plays every cell.
 */
import { consoleLinkGrantType } from '@gatehouse/contracts/auth-api';
import { noSecondFactor, type SecondFactorView } from '@gatehouse/contracts/environment-api';
import { type AssuranceLevel, reaches } from '@gatehouse/contracts/values';
import type { Proof } from '../../src/core/assurance/proof.ts';
import type { Act } from '../../src/people/accounts/admission.ts';

interface StateOfMatrix {
  text: string;
  level: AssuranceLevel;
  /** By a factor of Gatehouse. */
  isOwn?: true;
  proofs(atMs: number): Proof[];
}

/** By what the person has signed in, and the level that it is under a policy that trusts the identity provider. */
export const states = {
  password: { text: 'password', level: 'password', proofs: (atMs) => [{ factor: 'password', atMs }] },
  oneFactor: {
    text: 'identity provider, one factor',
    level: 'password',
    proofs: (atMs) => [{ factor: 'provider', atMs, methods: ['pwd'] }],
  },
  severalFactors: {
    text: 'identity provider, several factors',
    level: 'secondFactor',
    proofs: (atMs) => [{ factor: 'provider', atMs, methods: ['pwd', 'mfa'] }],
  },
  key: {
    text: 'identity provider, several factors with a key',
    level: 'phishingResistant',
    proofs: (atMs) => [{ factor: 'provider', atMs, methods: ['mfa', 'hwk', 'user'] }],
  },
  code: {
    text: 'password and one-time code',
    level: 'secondFactor',
    isOwn: true,
    proofs: (atMs) => [
      { factor: 'password', atMs },
      { factor: 'totp', atMs },
    ],
  },
  passkey: {
    text: 'passkey',
    level: 'phishingResistant',
    isOwn: true,
    proofs: (atMs) => [{ factor: 'passkey', atMs, isVerified: true, isEligible: false }],
  },
} as const satisfies Record<string, StateOfMatrix>;

export type State = keyof typeof states;

export interface Policy {
  text: string;
  secondFactor: Partial<SecondFactorView>;
  /** Of the registration of the client. */
  minimumAcr?: AssuranceLevel;
  /** What it needs of a person of the test, who has the role. */
  level: AssuranceLevel;
  /** Factors of the identity provider do not count. */
  isAlsoHere?: boolean;
  /** The person has an app for codes. What goes on with an earlier sign-in asks for none. */
  isOfHolders?: boolean;
}

export const policies = {
  off: { text: '`off`', secondFactor: {}, level: 'password' },
  offered: { text: '`offered`', secondFactor: { mode: 'offered' }, level: 'password' },
  holders: {
    text: '`offered`, the person has a factor',
    secondFactor: { mode: 'offered' },
    level: 'secondFactor',
    isOfHolders: true,
  },
  grace: {
    text: '`required`, the person has no factor, within `enrolmentGraceDays`',
    secondFactor: { mode: 'required', enrolmentGraceDays: 365_000, raisedAt: new Date(0).toISOString() },
    level: 'password',
  },
  required: { text: '`required`', secondFactor: { mode: 'required' }, level: 'secondFactor' },
  alsoHere: {
    text: '`required`, `alsoHere`',
    secondFactor: { mode: 'required', federated: 'alsoHere' },
    level: 'secondFactor',
    isAlsoHere: true,
  },
  phishingResistant: {
    text: '`phishingResistant`',
    secondFactor: { mode: 'phishingResistant' },
    level: 'phishingResistant',
  },
  role: {
    text: '`requiredRoles` has a role of the person',
    secondFactor: { requiredRoles: ['ROLE_USER'] },
    level: 'secondFactor',
  },
  client: {
    text: '`minimumAcr` of the client is `secondFactor`',
    secondFactor: {},
    minimumAcr: 'secondFactor',
    level: 'secondFactor',
  },
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof policies;

export const policyOf = (name: PolicyName): SecondFactorView => ({
  ...noSecondFactor,
  ...policies[name].secondFactor,
});

/** What a refused way answers. */
export const refusals = {
  step: 'the page of the second step',
  page: 'the page, with the reason',
  signIn: 'a sign-in or its second step is asked for, and with `prompt=none` `interaction_required`',
  redirect: '`interaction_required`',
  grant: '`invalid_grant`',
  resource: '401 `insufficient_user_authentication` (RFC 9470)',
  rights: 'a token without rights: 401 `insufficient_user_authentication` at our APIs',
} as const;

export interface Way {
  name: string;
  act: Act;
  /** Value of `grant_type`, where it is one. */
  grant?: string;
  refusal: keyof typeof refusals;
  /** Its proofs are its own, whatever the session of the person has. */
  proof?: 'password' | 'none';
  /** No client gets anything by it. */
  isWithoutClient?: true;
}

const urn = 'urn:ietf:params:oauth:grant-type:';

export const ways = {
  passwordForm: {
    name: 'Session by the sign-in page',
    act: 'session',
    refusal: 'step',
    proof: 'password',
    isWithoutClient: true,
  },
  code: { name: 'Authorization code', act: 'code', refusal: 'signIn' },
  implicit: { name: 'Token in the authorization response', act: 'implicit', refusal: 'signIn' },
  basicAuthorize: {
    name: 'Basic credentials at the authorization endpoint',
    act: 'code',
    refusal: 'redirect',
    proof: 'password',
  },
  redemption: {
    name: 'Tokens for a code',
    act: 'token',
    grant: 'authorization_code',
    refusal: 'grant',
  },
  password: { name: 'Password grant', act: 'token', grant: 'password', refusal: 'grant', proof: 'password' },
  exchange: { name: 'Token exchange', act: 'exchange', grant: `${urn}token-exchange`, refusal: 'grant' },
  // A refused refresh ends everything that the sign-in gave this client.
  refresh: {
    name: 'Refresh, after `graceHours`',
    act: 'refresh',
    grant: 'refresh_token',
    refusal: 'grant',
  },
  jwtBearer: {
    name: 'JWT assertion',
    act: 'assertion',
    grant: `${urn}jwt-bearer`,
    refusal: 'grant',
    proof: 'none',
  },
  samlBearer: {
    name: 'SAML assertion',
    act: 'assertion',
    grant: `${urn}saml2-bearer`,
    refusal: 'grant',
    proof: 'none',
  },
  device: {
    name: 'Approval of a device',
    act: 'device',
    grant: `${urn}device_code`,
    refusal: 'signIn',
  },
  ciba: {
    name: 'Approval for a client elsewhere (CIBA)',
    act: 'ciba',
    grant: 'urn:openid:params:grant-type:ciba',
    refusal: 'step',
  },
  consent: { name: 'Consent', act: 'consent', refusal: 'redirect', isWithoutClient: true },
  passwordChange: {
    name: 'Change of the password by a signed-in person',
    act: 'passwordChange',
    refusal: 'page',
    isWithoutClient: true,
  },
  passwordChangeByName: {
    name: 'Change of the password by name and old password',
    act: 'passwordChange',
    refusal: 'page',
    proof: 'password',
    isWithoutClient: true,
  },
  account: { name: 'Account area', act: 'account', refusal: 'resource', isWithoutClient: true },
  console: { name: 'Rights in the console', act: 'console', refusal: 'rights', isWithoutClient: true },
} as const satisfies Record<string, Way>;

export type WayName = keyof typeof ways;

/** Grants by which no person gets anything. */
export const grantsOfMachines = {
  client_credentials: 'A client gets a token of its own: no person stands behind it.',
  [consoleLinkGrantType]:
    'An operator comes in by a link that the holder of the operator account made: the operator is no person of a contact centre.',
};

/** They go on with a sign-in that was strong enough when it was made. */
const goOn: readonly Act[] = ['refresh', 'exchange'];

export function isLetThrough(way: Way, state: State, policy: PolicyName): boolean {
  const { level, minimumAcr, isAlsoHere, isOfHolders }: Policy = policies[policy];
  const of: StateOfMatrix = states[state];
  if (way.isWithoutClient && minimumAcr !== undefined) return true;
  if (isOfHolders && goOn.includes(way.act)) return true;
  const reached = way.proof !== undefined || (isAlsoHere && !of.isOwn) ? 'password' : of.level;
  return reaches(reached, level);
}
