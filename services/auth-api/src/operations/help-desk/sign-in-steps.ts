/** Judges each thing that a sign-in needs, and concludes from all of them whether a person can sign in. */
import {
  type SignInCause,
  type SignInExplanation,
  type SignInVerdict,
  signInCauses,
} from '@gatehouse/contracts/auth-administration';
import {
  type ContactCenterView,
  type Directory,
  type EnvironmentView,
  peopleSources,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Verdict } from '@gatehouse/service-kit/health';
import type { FoundPerson } from '../../people/accounts/identify.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { StoredAuditEvent } from '../../records/audit/store.ts';
import { failed, ok, unneeded, warning } from './verdicts.ts';

/** How people of the contact centre may sign in. */
export interface Ways {
  /** The protocol of the identity provider, where there is one. */
  provider: 'saml' | 'oidc' | undefined;
  takesPassword: boolean;
  /** Access groups that must use the provider; empty: one rule holds for everybody. */
  providerGroups: readonly string[];
}

type Delays = Awaited<ReturnType<UserService['delays']['explain']>>;

function cause(reason: SignInCause, message: string): Verdict {
  return { status: signInCauses[reason] === 'refused' ? 'failed' : 'warning', reason, message };
}

export function placeStep({ id, name, status }: ContactCenterView): Verdict {
  if (status === 'active') return ok(`${name} is active.`);
  const message = `${name} is disabled, nobody signs in to it: gatehouse cc update ${id} --status active ends that.`;
  return cause('contact_center_disabled', message);
}

export function environmentStep(id: string, environment: EnvironmentView | undefined): Verdict {
  if (environment !== undefined) return serversStep(environment);
  const message = `The environment ${id} does not exist: give the contact centre another one.`;
  return cause('environment_missing', message);
}

/** Whether the environment says how its directory is reached. */
function serversStep(environment: EnvironmentView): Verdict {
  const { id, directory, configServers, ldap, consulService, srvRecord } = environment;
  const { server, place } = peopleSources[directory];
  if (server === undefined) return ok(`${id} keeps its people in ${place}.`);
  const count = (ldap?.servers ?? configServers).length;
  if (count > 0) return ok(`${id} has ${count} ${server}${count === 1 ? '' : 's'}.`);
  const registry = consulService ?? srvRecord;
  if (registry === undefined) return cause('no_servers', `The environment ${id} has no ${server}s.`);
  return ok(`${id} finds its ${server}s through ${registry}.`);
}

/** The directory cannot be asked. A sign-in waits for it a little longer. */
export const awayStep = (message: string): Verdict => ({
  ...failed(message),
  reason: 'directory_away' satisfies SignInCause,
});

export function waysStep(
  { provider, takesPassword, providerGroups }: Ways,
  contactCenterId: string,
): Verdict {
  if (provider === undefined) return ok('By password.');
  const through = `an identity provider (${provider})`;
  const test = `gatehouse sso test --contact-center ${contactCenterId} --user NAME tells whether that works`;
  const groups = providerGroups.join(', ');
  if (!takesPassword) {
    const who = groups === '' ? '' : ` because of membership in one of ${groups}`;
    return cause('single_sign_on_only', `Through ${through} only${who}, a password is refused: ${test}.`);
  }
  if (groups !== '') return ok(`By password: no member of ${groups}, who sign in through ${through}.`);
  return ok(`Through ${through}, or by password: ${test}.`);
}

export function accountStep(person: FoundPerson | undefined, directory: Directory): Verdict {
  const called = peopleSources[directory].title;
  if (person === undefined) return cause('person_unknown', `The ${called} has no person of this name.`);
  if (!person.isEnabled) return cause('person_disabled', `The person is disabled at the ${called}.`);
  return ok(`${person.userName} is enabled.`);
}

export function passwordStep(person: FoundPerson | undefined, { provider, takesPassword }: Ways): Verdict {
  if (person === undefined) return unneeded('There is nobody to have one.');
  if (!takesPassword) return unneeded('No password is asked for.');
  if (person.hasPassword === false) {
    if (provider !== undefined) return ok('The person has none, and signs in through the identity provider.');
    return cause('no_password', 'The person has no password: make a password link for the first one.');
  }
  if (person.mustChangePassword)
    return cause('password_must_change', 'The password must be changed at the next login.');
  return ok('Nothing is known against it.');
}

/** Wrong passwords make the next attempt wait, by where the person tries. */
export function delaysStep(delays: Delays, { provider, takesPassword }: Ways): Verdict {
  if (!takesPassword) return unneeded('No password is asked for.');
  const { refusals, counted, rules, waitMs } = delays;
  const count = `${refusals.length} wrong passwords are remembered`;
  const waits = [
    // Nobody waits in a browser, or at an address, that the account does not have.
    ['in a browser that signed in before', waitMs.knownBrowser, delays.knownBrowsers],
    ['at a usual address', waitMs.usualAddress, delays.usualAddresses],
    ['elsewhere', waitMs.elsewhere, 1],
  ] as const;
  const possible = waits.filter(([, , places]) => places > 0);
  const waiting = possible.filter(([, ms]) => ms > 0);
  if (waiting.length === 0) return ok(`There is nothing to wait for: ${count}.`);
  const texts = waiting.map(([where, ms]) => `${Math.ceil(ms / 1000)} s ${where}`);
  const message = `${count}, ${limitOf(rules, counted)}. To wait: ${texts.join(', ')}. gatehouse people unlock forgets them.`;
  const isEverywhere = waiting.length === possible.length && provider === undefined;
  return cause(isEverywhere ? 'delayed' : 'delayed_elsewhere', message);
}

function limitOf({ threshold, from }: Delays['rules'], counted: number): string {
  if (threshold === 0) return 'the directory locks nobody';
  return `the directory has counted ${counted} and ${from === 'server' ? 'locks at' : 'is taken to lock at'} ${threshold}`;
}

/** The directory says these at an attempt only. */
const directoryRefusals: Record<string, { reason: SignInCause; said: string }> = {
  account_locked: { reason: 'directory_locked', said: 'the account is locked' },
  account_expired: { reason: 'account_expired', said: 'the account has expired' },
  password_expired: { reason: 'password_expired', said: 'the password has expired' },
  too_many_sessions: { reason: 'too_many_sessions', said: 'the account has too many sessions' },
};

export interface LastAttempts {
  /** The newest refusals of a password, newest first. */
  refusals: readonly StoredAuditEvent[];
  /** When the person last signed in by a password or changed it. */
  succeededAtMs: number;
  /** The directory shows a lock, which may have ended by itself. */
  isShownAsLocked: boolean;
  /** The longest that somebody waits at the address of the newest refusal. */
  addressWaitMs: number;
}

export function lastAttemptStep(
  { refusals, succeededAtMs, isShownAsLocked, addressWaitMs }: LastAttempts,
  { provider, takesPassword }: Ways,
): Verdict {
  if (!takesPassword) return unneeded('No password is asked for.');
  // The provider's way in does not ask the directory about the password.
  const said = (reason: SignInCause, words: string) => {
    const message = `${words}; only the directory knows whether that still holds.`;
    return provider === undefined ? cause(reason, message) : warning(message);
  };
  if (isShownAsLocked) return said('directory_locked', 'The directory shows a lock after wrong passwords');
  const [last] = refusals;
  if (last === undefined) return ok('No refusal of a password is known.');
  const since = refusals.filter(({ atMs }) => atMs > succeededAtMs);
  if (since.length === 0)
    return ok(`The person signed in after the last refusal, which was at ${timeOf(last)}.`);
  for (const event of since) {
    const word = directoryRefusals[reasonOf(event)];
    if (word !== undefined)
      return said(word.reason, `At ${timeOf(event)} the directory said that ${word.said}`);
  }
  if (addressWaitMs > 0) {
    const seconds = Math.ceil(addressWaitMs / 1000);
    const message = `Many wrong passwords came from the address ${last.clientAddress}: who is not known there may wait ${seconds} s.`;
    return cause('delayed_address', message);
  }
  return ok(`The last attempt was refused at ${timeOf(last)}: ${reasonOf(last)}.`);
}

const timeOf = ({ atMs }: StoredAuditEvent) => new Date(atMs).toISOString();
const reasonOf = ({ fields, name }: StoredAuditEvent) => String(fields['reason'] ?? name);

const gravity: readonly SignInVerdict[] = ['refused', 'unknown', 'restricted'];

/** From every step: the gravest verdict, and the first cause of it in their order. A step that could not be looked at leaves the answer unknown. */
export function conclude(findings: readonly Verdict[]): Pick<SignInExplanation, 'ok' | 'verdict' | 'reason'> {
  const verdicts = findings.map(({ status, reason }) => {
    if (isCause(reason)) return { verdict: signInCauses[reason], reason };
    return { verdict: status === 'failed' ? 'unknown' : 'allowed', reason: undefined };
  });
  const gravest = gravity.find((one) => verdicts.some(({ verdict }) => verdict === one));
  if (gravest === undefined) return { ok: true, verdict: 'allowed' };
  const decisive = verdicts.find(({ verdict, reason }) => verdict === gravest && reason !== undefined);
  return { ok: gravest === 'restricted', verdict: gravest, ...definedOnly({ reason: decisive?.reason }) };
}

function isCause(reason: string | undefined): reason is SignInCause {
  return reason !== undefined && reason in signInCauses;
}
