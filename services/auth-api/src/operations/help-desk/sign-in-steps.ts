/** Judges each thing that a sign-in needs, and concludes from all of them whether a person can sign in. */
import {
  type SignInCause,
  type SignInExplanation,
  type SignInVerdict,
  signInCauses,
} from '@gatehouse/contracts/auth-administration';
import {
  type ContactCenterView,
  type EnvironmentView,
  peopleSources,
} from '@gatehouse/contracts/environment-api';
import { definedOnly, type SignOnProtocol } from '@gatehouse/contracts/values';
import { saidAs, type Verdict } from '@gatehouse/service-kit/health';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import type { FoundPerson } from '../../people/accounts/identify.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { StoredAuditEvent } from '../../records/audit/store.ts';
import { cause, ok, onCommandLine, reasonOf, timeOf, unneeded, warning } from './verdicts.ts';

/** How people of the contact centre may sign in. */
export interface Ways {
  /** The protocol of the identity provider, where there is one. */
  provider: SignOnProtocol | undefined;
  takesPassword: boolean;
  /** Access groups that must use the provider; empty: one rule holds for everybody. */
  providerGroups: readonly string[];
  /** Where sign-ins create people: whether a link of that issuer leads to the provider, which takes nobody by a name alone. */
  isLink?: ((issuer: string) => boolean) | undefined;
  /** The person has no such link. */
  isUnlinked?: boolean;
}

/** The ways of one person, whom the provider takes or not. */
export function waysOfLinks(ways: Ways, { linkIssuers }: Pick<FoundPerson, 'linkIssuers'> = {}): Ways {
  const { isLink } = ways;
  if (isLink === undefined || linkIssuers === undefined) return ways;
  return { ...ways, isUnlinked: !linkIssuers.some(isLink) };
}

type Delays = Awaited<ReturnType<UserService['delays']['explain']>>;

export function placeStep({ id, name, status }: ContactCenterView): Verdict {
  if (status === 'active') return ok(say('signIn.place.active', { name }));
  return cause(
    'contact_center_disabled',
    say('signIn.place.disabled', { name }),
    onCommandLine(`gatehouse cc update ${id} --status active`),
  );
}

export function environmentStep(id: string, environment: EnvironmentView | undefined): Verdict {
  if (environment !== undefined) return serversStep(environment);
  return cause('environment_missing', say('signIn.environment.missing', { id }));
}

/** Whether the environment says how its directory is reached. */
function serversStep({
  id,
  name: called,
  directory,
  configServers,
  ldap,
  consulService,
  srvRecord,
}: EnvironmentView): Verdict {
  const name = called || id;
  if (peopleSources[directory].server === undefined) return ok(say('signIn.environment.store', { name }));
  const { length: count } = ldap?.servers ?? configServers;
  if (count > 0) return ok(say('signIn.environment.servers', { name, count }));
  const registry = consulService ?? srvRecord;
  if (registry === undefined) return cause('no_servers', say('signIn.environment.noServers', { name }));
  return ok(say('signIn.environment.registry', { name, registry }));
}

/** The directory cannot be asked, for a reason in its own words. A sign-in waits for it a little longer. */
export const awayStep = (detail: string): Verdict => ({
  ...saidAs('failed', [say('signIn.directory.away', { detail: detail.replace(/\.$/, '') })]),
  reason: 'directory_away' satisfies SignInCause,
});

export function waysStep(
  { provider, takesPassword, providerGroups: groups }: Ways,
  contactCenterId: string,
): Verdict {
  if (provider === undefined) return ok(say('signIn.way.password'));
  const test = onCommandLine(`gatehouse sso test --contact-center ${contactCenterId} --user NAME`);
  if (!takesPassword) {
    const only =
      groups.length === 0
        ? say('signIn.way.provider', { provider })
        : say('signIn.way.providerOfGroups', { provider, groups: [...groups] });
    return cause('single_sign_on_only', only, test);
  }
  if (groups.length > 0) return ok(say('signIn.way.passwordOfOthers', { provider, groups: [...groups] }));
  return ok(say('signIn.way.both', { provider }), test);
}

export function accountStep(person: FoundPerson | undefined, ways: Ways): Verdict {
  if (person === undefined) return cause('person_unknown', say('signIn.account.unknown'));
  if (!person.isEnabled) return cause('person_disabled', say('signIn.account.disabled'));
  const { userName } = person;
  if (!ways.isUnlinked) return ok(say('signIn.account.enabled', { userName }));
  const unlinked = say('signIn.account.notLinked', { userName });
  return ways.takesPassword ? warning(unlinked) : cause('not_linked', unlinked);
}

/** Whether a person whose password counts has the provider as well: it lets nobody in who is in none of its groups, or whom it does not take. */
const hasOtherWay = ({ provider, providerGroups, isUnlinked = false }: Ways): boolean =>
  provider !== undefined && providerGroups.length === 0 && !isUnlinked;

export function passwordStep(person: FoundPerson | undefined, ways: Ways): Verdict {
  if (person === undefined) return unneeded(say('signIn.account.none'));
  if (!ways.takesPassword) return unneeded(say('signIn.password.notAsked'));
  if (person.hasPassword === false) {
    if (hasOtherWay(ways)) return ok(say('signIn.password.notNeeded'));
    const { passwordLinkEndsAt: endsAt } = person;
    if (endsAt !== undefined) return cause('password_link_open', say('signIn.password.link', { endsAt }));
    return cause('no_password', say('signIn.password.none'));
  }
  if (person.mustChangePassword) return cause('password_must_change', say('signIn.password.mustChange'));
  return ok(say('signIn.password.fine'));
}

/** Whether the person may begin at the provider: some must, and others can. */
export const usesProvider = (ways: Ways): boolean => !ways.takesPassword || hasOtherWay(ways);

/** Wrong passwords make the next attempt wait, by where the person tries. */
export function delaysStep(delays: Delays, ways: Ways): Verdict {
  if (!ways.takesPassword) return unneeded(say('signIn.password.notAsked'));
  const { refusals, waitMs } = delays;
  const remembered = say('signIn.delays.remembered', { count: refusals.length });
  const waits = [
    // Nobody waits in a browser, or at an address, that the account does not have.
    ['knownBrowser', waitMs.knownBrowser, delays.knownBrowsers],
    ['usualAddress', waitMs.usualAddress, delays.usualAddresses],
    ['elsewhere', waitMs.elsewhere, 1],
  ] as const;
  const possible = waits.filter(([, , places]) => places > 0);
  const waiting = possible.filter(([, ms]) => ms > 0);
  if (waiting.length === 0) return ok(say('signIn.delays.none'), remembered);
  const placeOf = (place: (typeof waits)[number][0]) => (possible.length === 1 ? 'everywhere' : place);
  const isEverywhere = waiting.length === possible.length && !hasOtherWay(ways);
  return cause(
    isEverywhere ? 'delayed' : 'delayed_elsewhere',
    ...waiting.map(([place, ms]) => say(`signIn.delays.${placeOf(place)}`, { waitSeconds: secondsOf(ms) })),
    remembered,
    limitOf(delays),
    onCommandLine('gatehouse people unlock'),
  );
}

function limitOf({ rules: { threshold, from }, counted }: Delays): Said {
  if (threshold === 0) return say('signIn.delays.locksNobody');
  return say(from === 'server' ? 'signIn.delays.locks' : 'signIn.delays.mayLock', { counted, threshold });
}

const secondsOf = (ms: number) => Math.ceil(ms / 1000);

/** The directory says these at an attempt only. */
const directoryRefusals = {
  account_locked: 'directory_locked',
  account_expired: 'account_expired',
  password_expired: 'password_expired',
  too_many_sessions: 'too_many_sessions',
} as const satisfies Record<string, SignInCause>;

export interface LastAttempts {
  /** The newest refusals, newest first: of a password, and of a sign-in through a provider that said who it was. */
  refusals: readonly StoredAuditEvent[];
  /** When the person last signed in, or changed the password. */
  succeededAtMs: number;
  /** The directory shows a lock, which may have ended by itself. */
  isShownAsLocked: boolean;
  /** The longest that somebody waits at the address of the newest refusal. */
  addressWaitMs: number;
}

export function lastAttemptStep(
  { refusals, succeededAtMs, isShownAsLocked, addressWaitMs }: LastAttempts,
  ways: Ways,
): Verdict {
  const { provider, takesPassword } = ways;
  const since = refusals.filter(({ atMs }) => atMs > succeededAtMs);
  const ofProvider = since.find(({ fields }) => fields['method'] !== undefined);
  if (provider !== undefined && ofProvider !== undefined && (ofProvider === since[0] || !takesPassword)) {
    const refused = { refusedAt: timeOf(ofProvider), reason: reasonOf(ofProvider) };
    return cause('provider_refused', say('signIn.attempt.provider', refused));
  }
  if (!takesPassword) return unneeded(say('signIn.password.notAsked'));
  // The provider's way in does not ask the directory about the password.
  const told = (reason: SignInCause, words: Said) => {
    const said = [words, say('signIn.attempt.mayHaveEnded')];
    return hasOtherWay(ways) ? warning(...said) : cause(reason, ...said);
  };
  if (isShownAsLocked) return told('directory_locked', say('signIn.attempt.shownLock'));
  const [last] = refusals;
  if (last === undefined) return ok(say('signIn.attempt.none'));
  if (since.length === 0) return ok(say('signIn.attempt.signedInSince', { refusedAt: timeOf(last) }));
  for (const event of since) {
    const word = reasonOf(event);
    if (isDirectoryRefusal(word))
      return told(directoryRefusals[word], say(`signIn.attempt.${word}`, { refusedAt: timeOf(event) }));
  }
  if (addressWaitMs > 0) {
    const where = { address: last.clientAddress ?? '', waitSeconds: secondsOf(addressWaitMs) };
    return cause('delayed_address', say('signIn.attempt.busyAddress', where));
  }
  // No cause, but nobody should read that the attempt had passed.
  return warning(say('signIn.attempt.refused', { refusedAt: timeOf(last), reason: reasonOf(last) }));
}

const isDirectoryRefusal = (word: string): word is keyof typeof directoryRefusals =>
  Object.hasOwn(directoryRefusals, word);

const gravity: readonly SignInVerdict[] = ['refused', 'unknown', 'restricted'];

/** From every step: the gravest verdict, and the first cause of it in their order. A step that could not be looked at leaves the answer unknown. */
export function conclude(
  findings: readonly Pick<Verdict, 'status' | 'reason'>[],
): Pick<SignInExplanation, 'ok' | 'verdict' | 'reason'> {
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
