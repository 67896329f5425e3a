/** From a browser that wants in to a session, over an identity provider: what both protocols share. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import { randomToken } from '@gatehouse/service-kit/random';
import type { AuditWriter } from '../audit/event.ts';
import { servesContactCenter } from '../clients/client.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import type { Interaction, InteractionService } from '../interactions/interaction.ts';
import { webOriginOf } from '../sessions/after-sign-out.ts';
import type { BrowserCookies } from '../sessions/browser-cookies.ts';
import type { BrowserReply, BrowserRequest, SessionService } from '../sessions/session.ts';
import type { Pages } from '../sign-in/pages.ts';
import { readLoginName } from '../users/login-name.ts';
import { SignInError } from '../users/sign-in-error.ts';
import type { UserService } from '../users/user-service.ts';
import {
  type AssertedPerson,
  contextsToAskFor,
  methodsOf,
  nameOf,
  requireGroup,
  seenAtMs,
} from './asserted-person.ts';
import { SsoError, type SsoReason } from './failure.ts';
import type { SsoFlow } from './flow.ts';
import type { FlowStore } from './flow-store.ts';
import type { SsoMetrics } from './metrics.ts';
import type { Begin, Departure } from './protocol.ts';
import type { ProviderSessions } from './provider-sessions.ts';
import type { Schemes } from './scheme.ts';
import type { SignOnSettings, SsoSettings } from './settings.ts';

export interface JourneyRequest extends BrowserRequest {
  /** Request id. */
  readonly id: string;
}

export interface Wish {
  interactionId?: string | undefined;
  tenant?: string | undefined;
  userName?: string | undefined;
  /** Page of a registered application; only without an interaction. */
  target?: string | undefined;
  /** Whoever the identity provider knows already was the wrong person. */
  asksAnew?: boolean | undefined;
}

/** What is known of a journey when it fails: enough to name the page and the contact centre. */
export type FailedJourney = Pick<SsoFlow, 'protocol' | 'contactCenterId'> & Partial<FailedPage>;

interface FailedPage {
  interactionId: string | undefined;
  userName: string | undefined;
  tenant: string | undefined;
}

export interface Journey {
  /** Leaves for the identity provider; for the sign-in page where a password is asked. @throws AppError for a page */
  start(request: JourneyRequest, reply: BrowserReply, wish: Wish): Promise<Departure>;
  /** The settings by which a flow left, if they are still those of its place. @throws SsoError */
  settingsOf<P extends 'saml' | 'oidc'>(
    flow: SsoFlow & { protocol: P },
  ): Promise<Extract<SignOnSettings, { protocol: P }>>;
  /** A session for whom the identity provider has named, and where the browser goes. @throws SsoError, SignInError */
  arrive(
    request: JourneyRequest,
    reply: BrowserReply,
    flow: SsoFlow,
    settings: SignOnSettings,
    person: AssertedPerson,
  ): Promise<string>;
  /** Writes down why it failed, and says which page tells the person. What is no failure of single sign-on is thrown on. */
  fail(request: JourneyRequest, failed: FailedJourney, error: unknown): Promise<string>;
}

export interface JourneyOptions {
  schemes: Schemes;
  settings: SsoSettings;
  flows: FlowStore;
  interactions: InteractionService;
  clients: Pick<ClientDirectory, 'find'>;
  users: Pick<UserService, 'identify'>;
  sessions: SessionService;
  providerSessions: ProviderSessions;
  cookies: BrowserCookies;
  pages: Pages;
  audit: AuditWriter;
  metrics: SsoMetrics;
  begin: Begin;
  /** Whether an application with pages there is registered. */
  isRegisteredOrigin(origin: string): Promise<boolean>;
  starts: AttemptLimiter;
  /** Writes of journeys that came to nothing. */
  failures: Pick<AuditWriter, 'write'>;
  log: Logger;
  now: Clock;
}

/** Clocks of OpenID Connect providers differ by so much; SAML settings have their own. */
const oidcSkewSeconds = 60;

const refusals = {
  unknown: 'person_unknown',
  disabled: 'person_disabled',
  ambiguous: 'person_ambiguous',
  not_a_member: 'person_not_in_access_group',
} as const satisfies Record<string, SsoReason>;

export function createJourney(options: JourneyOptions): Journey {
  const { schemes, flows, interactions, users, sessions, cookies, pages, audit, metrics, now } = options;

  /** The browser that leaves is the one that must come back. */
  const bindBrowser = (request: JourneyRequest, reply: BrowserReply): string => {
    const known = cookies.readBrowser(request);
    if (known !== undefined) return known;
    const browser = randomToken();
    cookies.setBrowser(reply, browser);
    return browser;
  };

  const requireServed = async (interaction: Interaction | undefined, { contactCenterId }: SignOnSettings) => {
    const client = interaction && (await options.clients.find(interaction.clientId));
    if (client === undefined || servesContactCenter(client, contactCenterId)) return;
    throw new SsoError(
      'person_unknown',
      `the application ${client.clientId} does not serve this contact centre`,
    );
  };

  /** Without an application that waits, the browser may go on to a page of one that is registered. */
  const targetOf = async (interaction: Interaction | undefined, target: string | undefined) => {
    const origin = interaction !== undefined || target === undefined ? undefined : webOriginOf(target);
    const isAllowed = origin !== undefined && (await options.isRegisteredOrigin(origin));
    return isAllowed ? { target: target as string } : {};
  };

  const leave = async (
    request: JourneyRequest,
    reply: BrowserReply,
    settings: SignOnSettings,
    wish: Wish,
    interaction: Interaction | undefined,
  ): Promise<Departure> => {
    await requireServed(interaction, settings);
    const browser = bindBrowser(request, reply);
    const {
      maxAgeSeconds,
      contexts,
      acrValues: asked,
      requiresFreshSignIn,
    } = interaction?.authorization ?? {};
    const acrValues = contextsToAskFor(asked ?? contexts?.values ?? [], settings);
    const flow: SsoFlow = {
      protocol: settings.protocol,
      contactCenterId: settings.contactCenterId,
      location: settings.location,
      browserHash: sha256(browser),
      startedAtMs: now(),
      isForced: requiresFreshSignIn === true,
      ...(interaction === undefined ? {} : { interactionId: interaction.id }),
      ...(await targetOf(interaction, wish.target)),
      ...(wish.userName === undefined ? {} : { userName: wish.userName }),
      ...(wish.tenant === undefined ? {} : { tenant: wish.tenant }),
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
      ...(acrValues.length === 0 ? {} : { acrValues }),
    };
    const flowId = await flows.save(flow);
    const loginHint = hintOf(wish, settings);
    return options.begin(settings, flow, { flowId, browser, loginHint, asksAnew: wish.asksAnew });
  };

  const personOf = async (settings: SignOnSettings, person: AssertedPerson) => {
    const { contactCenterId, userLookup: lookup, accessGroups } = settings;
    const name = nameOf(person, settings);
    requireGroup(person, settings);
    const found = await users.identify({ contactCenterId, lookup, name, accessGroups });
    if (found.outcome === 'found') return found;
    throw new SsoError(
      refusals[found.outcome],
      `${person.nameSource} is ${JSON.stringify(name)}, looked up as ${lookup}`,
    );
  };

  const journey: Journey = {
    async start(request, reply, typed) {
      options.starts.reserve(request.ip);
      const { interactionId } = typed;
      const interaction =
        interactionId === undefined ? undefined : await interactions.readFor(request, interactionId);
      const { tenantHint, loginHint } = interaction?.authorization ?? {};
      const wish = { ...typed, tenant: typed.tenant ?? tenantHint, userName: typed.userName ?? loginHint };
      const named = { userName: wish.userName ?? '', tenant: wish.tenant };
      const settings = await schemes.settingsOf(named);
      if (settings === undefined) return { kind: 'redirect', location: pages.signIn(interactionId) };
      try {
        return await leave(request, reply, settings, wish, interaction);
      } catch (error) {
        return { kind: 'redirect', location: await journey.fail(request, { ...settings, ...wish }, error) };
      }
    },

    async settingsOf(flow) {
      const settings = await options.settings.of(flow.contactCenterId, flow.protocol);
      if (settings?.enabled && settings.location === flow.location) return settings;
      throw new SsoError(
        'wrong_destination',
        `${flow.protocol} is no longer set for ${flow.contactCenterId} at ${flow.location}`,
      );
    },

    async arrive(request, reply, flow, settings, person) {
      const skewSeconds = settings.protocol === 'saml' ? settings.clockSkewSeconds : oidcSkewSeconds;
      const providerAuthTimeMs = seenAtMs(person, flow, { nowMs: now(), skewMs: skewSeconds * 1000 });
      const { identity, provedAtMs } = await personOf(settings, person);
      const { provider, sessionEndsAtMs } = person;
      const session = await sessions.create(reply, request, {
        identity,
        amr: methodsOf(person, settings),
        provedAtMs,
        provider,
        ...(providerAuthTimeMs === undefined ? {} : { providerAuthTimeMs }),
        ...(sessionEndsAtMs === undefined ? {} : { endsAtMs: sessionEndsAtMs }),
      });
      metrics.succeeded(flow.protocol);
      await Promise.all([
        options.providerSessions.note(session),
        audit.write({
          name: 'login_succeeded',
          outcome: 'success',
          correlationId: request.id,
          clientAddress: request.ip,
          sub: session.sub,
          sid: session.sid,
          contactCenterId: flow.contactCenterId,
          fields: { userName: identity.loginName, method: flow.protocol, location: flow.location },
        }),
      ]);
      const { interactionId, target } = flow;
      if (interactionId === undefined) return target ?? pages.signedIn();
      await interactions.note(interactionId, { signedInSid: session.sid });
      return pages.resume(interactionId);
    },

    async fail(request, { protocol, contactCenterId, interactionId, userName, tenant }, error) {
      if (!(error instanceof SignInError)) throw error;
      const reason = error instanceof SsoError ? error.reason : 'try_again';
      metrics.failed(protocol, contactCenterId, reason);
      options.log.warn(
        {
          event: 'sso_failed',
          protocol,
          contactCenterId,
          reason,
          detail: error.detail,
          correlationId: request.id,
        },
        'single sign-on did not end in a session',
      );
      await Promise.all([
        options.failures.write({
          name: 'login_failed',
          outcome: 'failure',
          correlationId: request.id,
          clientAddress: request.ip,
          contactCenterId,
          fields: { method: protocol, reason, detail: error.detail ?? '' },
        }),
        interactionId === undefined
          ? undefined
          : interactions.note(interactionId, {
              error: error.failure,
              correlationId: request.id,
              ...(userName === undefined ? {} : { userName }),
              ...(tenant === undefined ? {} : { tenant }),
            }),
      ]);
      return pages.ssoFailed(interactionId, error.failure, request.id);
    },
  };
  return journey;
}

/** The name as the identity provider knows it, so that it need not be typed twice. */
function hintOf({ userName }: Wish, { userNameDomain }: SignOnSettings): string | undefined {
  const { userName: name } = readLoginName({ userName: userName ?? '' });
  if (name === '') return undefined;
  return userNameDomain === undefined || name.includes('@') ? name : `${name}@${userNameDomain}`;
}
