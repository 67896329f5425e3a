/** The one way from a proof of a person to a session: at once, or by a second step in which the sign-in waits. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Browser, BrowserCookies, BrowserRequest } from '../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { Session } from '../../browser/sessions/session.ts';
import type { Proof } from '../../core/assurance/proof.ts';
import type { Admission, Admitted } from '../../people/accounts/admission.ts';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import type { AuditEvent, AuditWriter } from '../../records/audit/event.ts';
import { isSamePerson } from '../../records/revocation/revocation.ts';
import { proofsOf } from '../../tokens/session-reference.ts';
import type { DeviceMemory } from './remembered-device.ts';
import type { WaitingPlace, WaitingStore } from './store.ts';
import { type Entering, interactionOf, type WaitingSignIn, waitingLifeMs } from './waiting.ts';

export interface EntranceOptions {
  store: WaitingStore;
  admission: Pick<Admission, 'judge'>;
  deviceMemory: Pick<DeviceMemory, 'proofOf'>;
  sessions: Pick<SessionService, 'create' | 'find'>;
  cookies: BrowserCookies;
  pages: Pages;
  audit: Pick<AuditWriter, 'write'>;
  now: Clock;
}

/** A sign-in that waits, and where. */
export interface OpenedStep {
  place: WaitingPlace;
  waiting: WaitingSignIn;
}

type Onward = { interactionId: string; target?: undefined } | { interactionId?: undefined; target: string };

type Listener = (session: Session) => Promise<void>;

export type Entrance = ReturnType<typeof createEntrance>;

export function createEntrance(options: EntranceOptions) {
  const { store, admission, deviceMemory, sessions, cookies, pages, audit, now } = options;
  const listeners: Listener[] = [];

  const judge = ({ identity, proofs, demands }: Pick<Entering, 'identity' | 'proofs' | 'demands'>) =>
    admission.judge(identity, { act: 'session', proofs, ...demands });

  async function judgeWithDevice(entering: Entering, request: BrowserRequest) {
    const verdict = await judge(entering);
    if ('gone' in verdict || ('admitted' in verdict && verdict.graceEndsAtMs === undefined))
      return { entering, verdict };
    const device = await deviceMemory.proofOf(entering.identity, request);
    if (device === undefined) return { entering, verdict };
    const known = { ...entering, proofs: [...entering.proofs, device] };
    return { entering: known, verdict: await judge(known) };
  }

  async function wait(browser: Browser, entering: Entering): Promise<string> {
    const binding = cookies.readBrowser(browser.request) ?? randomToken();
    const place = { step: randomToken(), browser: binding };
    const invitedUntilMs = await invitationOf(browser.request, entering, options);
    const csrf = randomToken();
    const waiting = { ...entering, csrf, expiresAtMs: now() + waitingLifeMs, invitedUntilMs };
    await store.save(place, waiting, waitingLifeMs);
    cookies.setBrowser(browser, binding);
    cookies.setSecondStep(browser, place.step, waitingLifeMs / 1000);
    return pages.secondStep(interactionOf(entering));
  }

  async function open(browser: Browser, entering: Entering, admitted: Admitted): Promise<string> {
    const { newcomer, target, raises, login } = entering;
    const interactionId = interactionOf(entering);
    // Somebody who signed out meanwhile does not come back by the factor.
    if (raises !== undefined && (await sessions.find(browser.request))?.sid !== raises.sid)
      throw stepExpired();
    const session = await sessions.create(browser, { ...newcomer, admitted });
    await Promise.all(listeners.map((listen) => listen(session)));
    if (login !== undefined || raises !== undefined)
      await audit.write(eventOf(browser.request, session, entering, admitted));
    return interactionId === undefined ? (target ?? pages.signedIn()) : pages.resume(interactionId);
  }

  return {
    /** For everybody who does something with a new session. */
    follow: (listener: Listener): void => void listeners.push(listener),

    /**
     * Opens the session, or lets the sign-in wait for what is missing; the address where the browser goes next.
     * @throws SignInError where the contact centre is gone; AppError (503)
     */
    async enter(browser: Browser, newcomer: Entering): Promise<string> {
      const { entering, verdict } = await judgeWithDevice(newcomer, browser.request);
      if ('gone' in verdict) throw gone();
      const isOpen = 'admitted' in verdict && verdict.graceEndsAtMs === undefined;
      return isOpen ? open(browser, entering, verdict.admitted) : wait(browser, entering);
    },

    /**
     * Lets a sign-in whose password must be changed wait for its factor: the new password comes after it, so that somebody who knows the
     * old one alone changes nothing. Undefined: no factor is needed for that. @throws AppError (503)
     */
    async enterForNewPassword(browser: Browser, entering: Entering): Promise<string | undefined> {
      return 'short' in (await judge(entering)) ? wait(browser, entering) : undefined;
    },

    /** Undefined: none waits in this browser. @throws AppError (503) */
    find: (request: BrowserRequest) => findIn(request, options),

    /** Ends the sign-in that waits; undefined: somebody else has ended it. @throws AppError (503) */
    async take(browser: Browser, place: WaitingPlace): Promise<WaitingSignIn | undefined> {
      cookies.clearSecondStep(browser);
      return store.take(place);
    },

    /**
     * Lets a session that is too weak wait for its second step; the address of the page. Afterwards the request of the interaction
     * goes on, or the browser goes to `target`. @throws AppError (503)
     */
    raise: (
      browser: Browser,
      session: Session,
      onward: Onward & Pick<Entering, 'demands'>,
    ): Promise<string> => wait(browser, raisedOf(session, onward)),

    judge,

    /**
     * Goes on with a sign-in that waited, if it is strong enough now; undefined: it waits on. Of all who come with it at the same time
     * one gets a session. @throws SignInError, AppError
     */
    async goOn(browser: Browser, place: WaitingPlace, waiting: WaitingSignIn): Promise<string | undefined> {
      const verdict = await judge(waiting);
      if ('gone' in verdict) throw gone();
      const isOpen =
        'admitted' in verdict && (verdict.graceEndsAtMs === undefined || waiting.goesOnWithout === true);
      if (!isOpen || waiting.recoveryCodes !== undefined) return undefined;
      if (waiting.passwordIsOver !== undefined) {
        if (!(await store.replace(place, waiting))) throw stepExpired();
        return pages.changePasswordFailed(interactionOf(waiting), waiting.passwordIsOver);
      }
      if ((await store.take(place)) === undefined) throw stepExpired();
      cookies.clearSecondStep(browser);
      return open(browser, waiting, verdict.admitted);
    },
  };
}

function raisedOf(
  session: Session,
  { interactionId, target, demands }: Onward & Pick<Entering, 'demands'>,
): Entering {
  const { identity, sid, authTimeMs, providerAuthTimeMs, isSeenAtUnknown, endsAtMs, provider } = session;
  const kept = { providerAuthTimeMs, isSeenAtUnknown, endsAtMs, provider };
  const former = { remember: session.isRemembered, interactionId: session.interactionId };
  return {
    identity,
    proofs: proofsOf({ session, authorizedAtMs: session.createdAtMs }),
    newcomer: { ...kept, ...former, provedAtMs: authTimeMs },
    target,
    demands,
    raises: { sid, interactionId },
  };
}

async function findIn(
  request: BrowserRequest,
  { cookies, store }: Pick<EntranceOptions, 'cookies' | 'store'>,
): Promise<OpenedStep | undefined> {
  const [step, browser] = [cookies.readSecondStep(request), cookies.readBrowser(request)];
  if (step === undefined || browser === undefined) return undefined;
  const place = { step, browser };
  const waiting = await store.read(place);
  return waiting && { place, waiting };
}

/** Another tab takes the place of the sign-in that waits. A code that was given there is used up, and its person keeps what it is worth. */
async function invitationOf(
  request: BrowserRequest,
  { identity }: Entering,
  options: Pick<EntranceOptions, 'cookies' | 'store'>,
): Promise<number | undefined> {
  const former = (await findIn(request, options))?.waiting;
  return former && isSamePerson(former.identity, identity) ? former.invitedUntilMs : undefined;
}

export function stepExpired(): AppError {
  return new AppError(
    'second_step_expired',
    400,
    'This sign-in has expired or was completed already. Go back to the application and start again.',
  );
}

/** Beside the password, or the identity provider. */
function factorsIn(proofs: readonly Proof[]): string | undefined {
  const names = proofs
    .map(({ factor }) => factor)
    .filter((name) => name !== 'password' && name !== 'provider');
  return names.length === 0 ? undefined : names.join(' ');
}

const gone = () =>
  new SignInError('bad_credentials', { detail: 'the contact centre was switched off meanwhile' });

/** Of a sign-in, or of a session that is stronger now. A session after a change of the password is none: the change has an event. */
function eventOf(
  { id: correlationId, ip: clientAddress }: BrowserRequest,
  { sub, sid }: Session,
  { login }: Entering,
  { identity, proofs }: Admitted,
): AuditEvent {
  const { loginName: userName, contactCenterId } = identity;
  return {
    name: login === undefined ? 'session_raised' : 'login_succeeded',
    outcome: 'success',
    ...{ correlationId, clientAddress, clientId: login?.clientId, sub, sid, contactCenterId },
    fields: definedOnly({
      userName,
      method: login?.method,
      location: login?.location,
      factors: factorsIn(proofs),
    }),
  };
}
