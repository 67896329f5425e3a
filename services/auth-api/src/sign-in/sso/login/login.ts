/** Starts and completes a login at an identity provider: the steps that SAML and OpenID Connect share. */

import type { FollowedChanges } from '@gatehouse/contracts/environment-api';
import { definedOnly, providerWay, type SignOnProtocol } from '@gatehouse/contracts/values';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { Browser, BrowserRequest } from '../../../browser/cookies/browser-cookies.ts';
import type { InteractionService } from '../../../browser/interactions/service.ts';
import type { Proof } from '../../../core/assurance/proof.ts';
import type { Admission } from '../../../people/accounts/admission.ts';
import type { UserIdentity } from '../../../people/identity/identity.ts';
import type { AuditEvent, AuditWriter } from '../../../records/audit/event.ts';
import type { Entrance } from '../../second-step/entrance.ts';
import type { Entering } from '../../second-step/waiting.ts';
import { type AssertedPerson, hasVerified, methodsOf, seenAtMs, skewMsOf } from '../asserted-person.ts';
import { SsoError } from '../failure.ts';
import type { ProviderRequest } from '../protocol.ts';
import type { Schemes } from '../scheme.ts';
import type { SignOnSettings, SsoSettings } from '../settings.ts';
import { createFailLogin, type FailedLogin, type FailLoginOptions } from './fail-login.ts';
import { findPerson, type People } from './find-person.ts';
import type { SsoFlow } from './flow.ts';
import { createStartLogin, type StartLoginOptions, type Wish } from './start-login.ts';
import { isTrial, type Trials } from './trials.ts';

export interface SsoLogin {
  /** Sends the browser to the identity provider, or to the sign-in page where a password is asked. @throws AppError for a page */
  start(browser: Browser, wish: Wish): Promise<ProviderRequest>;
  /** The settings that a flow was started with, if they still apply to its place. @throws SsoError */
  settingsOf<P extends SignOnProtocol>(
    flow: SsoFlow & { protocol: P },
  ): Promise<Extract<SignOnSettings, { protocol: P }>>;
  /** User name of the person whom the identity provider named. @throws SsoError, SignInError */
  userNameOf(settings: SignOnSettings, person: AssertedPerson): Promise<string>;
  /** Opens a session for the person whom the identity provider named; the address where the browser goes next. @throws SsoError, SignInError */
  complete(
    browser: Browser,
    flow: SsoFlow,
    settings: SignOnSettings,
    person: AssertedPerson,
  ): Promise<string>;
  /** Records why the login failed; the address of the page that tells the user. Other errors are thrown again. */
  fail(request: BrowserRequest, failed: FailedLogin, error: unknown): Promise<string>;
}

export interface SsoLoginOptions extends StartLoginOptions, FailLoginOptions {
  schemes: Schemes;
  settings: SsoSettings;
  interactions: InteractionService;
  users: People['users'];
  environmentApi: People['environmentApi'];
  entrance: Pick<Entrance, 'enter'>;
  admission: Pick<Admission, 'levelOfEverybody'>;
  audit: AuditWriter;
  /** Logins at identity providers that one address may leave unfinished. */
  unfinished: AttemptLimiter;
  /** Sign-ins as a test end there: they come to the same addresses. */
  trials: Pick<Trials, 'settingsOf' | 'complete' | 'fail'>;
}

export function createSsoLogin(options: SsoLoginOptions): SsoLogin {
  const { schemes, interactions, pages, audit, metrics, now } = options;
  const startLogin = createStartLogin(options);
  const failLogin = createFailLogin(options);

  const login: SsoLogin = {
    async start(browser, typed) {
      const { request } = browser;
      options.unfinished.reserve(request.ip);
      const { interactionId } = typed;
      const interaction =
        interactionId === undefined ? undefined : await interactions.readFor(request, interactionId);
      const { tenantHint, loginHint } = interaction?.authorization ?? {};
      const wish = { ...typed, tenant: typed.tenant ?? tenantHint, userName: typed.userName ?? loginHint };
      const named = { userName: wish.userName ?? '', tenant: wish.tenant };
      const settings = await schemes.settingsOf(named);
      if (settings === undefined) {
        // Nothing was begun.
        options.unfinished.release(request.ip);
        return { kind: 'redirect', location: pages.signIn(interactionId) };
      }
      try {
        return await startLogin(browser, settings, { ...wish, domain: schemes.domainOf(named) }, interaction);
      } catch (error) {
        return { kind: 'redirect', location: await login.fail(request, { ...settings, ...wish }, error) };
      }
    },

    async settingsOf<P extends SignOnProtocol>(flow: SsoFlow & { protocol: P }) {
      if (isTrial(flow))
        return (await options.trials.settingsOf(flow)) as Extract<SignOnSettings, { protocol: P }>;
      const settings = await options.settings.of(flow.contactCenterId, flow.protocol);
      if (settings?.enabled && settings.location === flow.location) return settings;
      throw new SsoError(
        'wrong_destination',
        `${flow.protocol} is no longer set for ${flow.contactCenterId} at ${flow.location}`,
      );
    },

    async userNameOf(settings, person) {
      return (await findPerson(options, settings, person)).identity.loginName;
    },

    async complete(browser, flow, settings, person) {
      const { request } = browser;
      if (isTrial(flow)) return options.trials.complete(request, flow, person);
      const startedAtMs = now();
      // After its end would have been noticed: what ends from here on, ends the session.
      await login.settingsOf(flow);
      const seenAt = seenAtMs(person, flow, { nowMs: now(), skewMs: skewMsOf(settings) });
      const found = await findPerson(options, settings, person);
      const { identity } = found;
      if (found.isCreated) await audit.write(writtenOf('person_created', request, flow, identity));
      else if (found.changes !== undefined)
        await audit.write(writtenOf('person_updated', request, flow, identity, namesIn(found.changes)));
      const { target } = flow;
      const proved = { given: methodsOf(person, settings), provedAtMs: startedAtMs, seenAt };
      const proofs = [proofOf(proved)];
      const entered = enteredBy(identity, flow, person);
      const location = await options.entrance.enter(browser, {
        identity: entered,
        proofs,
        newcomer: newcomerOf(flow, person, proved),
        target,
        login: { method: flow.protocol, location: flow.location },
      });
      metrics.succeeded(flow.protocol, flow.contactCenterId, startedAtMs);
      options.unfinished.release(request.ip);
      return location;
    },

    fail: (request, failed, error) =>
      isTrial(failed) ? options.trials.fail(request, failed, error) : failLogin(request, failed, error),
  };
  return login;
}

/** The trail outlives people who ask to be forgotten, so it holds no value of them. */
function namesIn({ fields, joined, left }: FollowedChanges): string {
  return [...fields, ...(joined.length + left.length > 0 ? ['groups'] : [])].join(' ');
}

function writtenOf(
  name: 'person_created' | 'person_updated',
  { id: correlationId, ip: clientAddress }: BrowserRequest,
  { contactCenterId, protocol, location }: SsoFlow,
  { loginName: userName, sub }: UserIdentity,
  changed?: string,
): AuditEvent {
  return {
    name,
    outcome: 'success',
    correlationId,
    clientAddress,
    sub,
    contactCenterId,
    fields: { userName, method: protocol, location, ...definedOnly({ changed }) },
  };
}

interface Proved {
  given: ReturnType<typeof methodsOf>;
  provedAtMs: number;
  seenAt: ReturnType<typeof seenAtMs>;
}

function proofOf({ given, provedAtMs, seenAt }: Proved): Proof {
  const at = { unknown: undefined, 'just now': provedAtMs };
  return { factor: 'provider', ...given, atMs: typeof seenAt === 'number' ? seenAt : at[seenAt] };
}

function enteredBy(identity: UserIdentity, flow: SsoFlow, person: AssertedPerson): UserIdentity {
  const entry = definedOnly({
    domain: flow.domain,
    signOn: `${flow.protocol} ${flow.location}`,
    way: providerWay(flow.protocol, person.issuer),
  });
  return { ...identity, entry, ...(hasVerified(person, identity.email) && { emailVerified: true }) };
}

/** The facts that the session keeps of this login. */
function newcomerOf(
  flow: SsoFlow,
  person: AssertedPerson,
  { provedAtMs, seenAt }: Proved,
): Entering['newcomer'] {
  return {
    provedAtMs,
    provider: person.provider,
    ...(typeof seenAt === 'number' ? { providerAuthTimeMs: seenAt } : {}),
    ...(seenAt === 'unknown' ? { isSeenAtUnknown: true } : {}),
    ...definedOnly({ endsAtMs: person.sessionEndsAtMs }),
    interactionId: flow.interactionId,
  };
}
