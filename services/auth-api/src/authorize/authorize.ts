/** The authorization endpoint: from a request to its answer, with a sign-in and a consent in between where they are needed. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import { invalidRequest, OAuthError } from '@gatehouse/service-kit/errors/oauth-error';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import type { Browser } from '../browser/browser-cookies.ts';
import type { Pages } from '../browser/pages.ts';
import type { Client } from '../clients/client.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import { deviceGrantType } from '../devices/device.ts';
import type { Devices } from '../devices/service.ts';
import type { InteractionService } from '../interactions/interaction.ts';
import type { AuthorizationRequest } from '../protocol/authorization-request.ts';
import { optional, type RequestParameters } from '../protocol/parameters.ts';
import { isRegisteredRedirectUri } from '../protocol/redirect-uri.ts';
import type { Session, SessionService } from '../sessions/session.ts';
import type { Schemes } from '../sso/scheme.ts';
import type { IdTokens } from '../tokens/id-token.ts';
import { checkAuthorizationParameters } from './authorization-checks.ts';
import type { Decide, Decision } from './authorization-decision.ts';
import type { IssueAuthorization, ProvedUser } from './authorization-issue.ts';
import { authorizationResponse, type NextStep, type ResponseTarget } from './authorization-response.ts';
import { type AuthorizationTarget, findTarget } from './authorization-target.ts';
import type { BasicAuthorize } from './basic-authorize.ts';
import type { PushedRequests } from './pushed-requests.ts';
import { invalidRequestUri, type RequestSource, type RequestSources } from './request-sources.ts';

export interface AuthorizationEndpoint {
  /**
   * What the browser does next: it brings the answer or an error to the client, or the user to a page of ours.
   * @throws AppError for a page, whenever the redirect URI cannot be trusted.
   */
  begin(parameters: RequestParameters, browser: Browser): Promise<NextStep>;
  /** After a sign-in or a consent: the same, from the interaction that waited. @throws AppError for a page */
  resume(interactionId: string, browser: Browser): Promise<NextStep>;
  /** The same for a device whose code the user typed. @throws AppError for a page */
  beginForDevice(request: AuthorizationRequest, browser: Browser): Promise<NextStep>;
  /** Refuses what begin() would refuse a client that pushes the request. @throws OAuthError, AppError */
  check(parameters: RequestParameters, source: { isSigned: boolean }): Promise<void>;
  /** Refuses what begin() would answer with a page. @throws AppError */
  checkClient(parameters: RequestParameters, clientAddress: string): Promise<void>;
}

export interface AuthorizationOptions {
  issuer: string;
  directory: ClientDirectory;
  requestSources: RequestSources;
  pushedRequests: Pick<PushedRequests, 'use'>;
  devices: Pick<Devices, 'approve' | 'deny'>;
  /** Every client must push, whatever it is registered with. */
  requiresPushed: boolean;
  interactions: InteractionService;
  sessions: Pick<SessionService, 'find'>;
  idTokens: IdTokens;
  decide: Decide;
  issue: IssueAuthorization;
  basicAuthorize: BasicAuthorize;
  pages: Pages;
  schemes: Pick<Schemes, 'of'>;
  now: Clock;
  /** Bounds how many sign-ins one address may begin: each waits in Redis for ten minutes. */
  starts: AttemptLimiter;
}

/** Once it can be read. */
type CheckedSource = Omit<RequestSource, 'problem'> & { isPushed: boolean };

export function createAuthorizationEndpoint(options: AuthorizationOptions): AuthorizationEndpoint {
  const {
    issuer,
    directory,
    requestSources,
    pushedRequests,
    devices,
    interactions,
    sessions,
    decide,
    issue,
    pages,
    now,
  } = options;

  async function readRequest(
    { client, redirectUri, redirectUriGiven, responseMode, state }: AuthorizationTarget,
    { parameters, pushed, isPushed, isSigned }: CheckedSource,
  ): Promise<AuthorizationRequest> {
    const { demand, ...checked } = checkAuthorizationParameters({
      client,
      redirectUri,
      redirectUriGiven,
      isPushed,
      mustPush: options.requiresPushed || client.requirePushedAuthorizationRequests,
      isSigned,
      parameters,
    });
    const hintedSubject = await readHint(parameters.get('id_token_hint'), demand?.subject);
    const asksForSignIn = checked.prompt.includes('login') || checked.prompt.includes('select_account');
    return {
      clientId: client.clientId,
      redirectUri,
      redirectUriGiven,
      responseMode,
      ...checked,
      ...optional('claims', demand?.claims),
      ...optional('state', state),
      ...optional('nonce', parameters.get('nonce')),
      ...optional('codeChallenge', parameters.get('code_challenge')),
      ...optional('dpopJkt', parameters.get('dpop_jkt')),
      ...optional('pushedRequestUri', pushed),
      ...optional('hintedSubject', hintedSubject),
      ...optional('loginHint', parameters.get('login_hint')?.slice(0, 256)),
      ...optional('acrValues', parameters.get('acr_values')?.split(' ').filter(Boolean)),
      ...optional('uiLocales', parameters.get('ui_locales')?.slice(0, 256)),
      ...optional('tenantHint', parameters.get('tenant')?.slice(0, 256)),
      hideTenant: parameters.get('hideTenant') === 'true',
      requiresFreshSignIn: asksForSignIn || checked.maxAgeSeconds === 0,
      requestedAtMs: now(),
    };
  }

  async function readHint(
    idToken: string | undefined,
    demanded: string | undefined,
  ): Promise<string | undefined> {
    if (idToken === undefined) return demanded;
    const hint = await options.idTokens.recognize(idToken);
    if (hint === undefined) throw invalidRequest('The id_token_hint is not an ID token of this server');
    if (demanded !== undefined && demanded !== hint.sub)
      throw invalidRequest('The id_token_hint and the claims parameter name different users');
    return hint.sub;
  }

  /** A page of ours, with the request waiting behind it. */
  async function ask(
    decision: Extract<Decision, { ask: unknown }>,
    request: AuthorizationRequest,
    client: Client,
    browser: Browser,
  ): Promise<NextStep> {
    options.starts.reserve(browser.request.ip);
    const { id } = await interactions.create(
      browser.reply,
      browser.request,
      { clientName: client.name, authorization: request },
      decision.state,
    );
    const isElsewhere = decision.ask === 'signIn' && (await signsInElsewhere(request));
    return { redirectTo: isElsewhere ? pages.ssoStart(id) : pages[decision.ask](id) };
  }

  /** Whoever the application has named signs in at an identity provider: then no page of ours is needed. */
  async function signsInElsewhere({ loginHint, tenantHint, prompt }: AuthorizationRequest): Promise<boolean> {
    if (prompt.includes('select_account')) return false;
    const named = { userName: loginHint ?? '', tenant: tenantHint };
    // Who cannot tell now may be able to when the page asks again.
    return options.schemes.of(named).then(
      (scheme) => scheme !== 'basic',
      () => false,
    );
  }

  async function answer(
    request: AuthorizationRequest,
    client: Client,
    proved: ProvedUser,
    browser: Browser,
  ): Promise<NextStep> {
    const { pushedRequestUri } = request;
    if (pushedRequestUri !== undefined && !(await pushedRequests.use(pushedRequestUri))) {
      throw invalidRequestUri();
    }
    return authorizationResponse(request, issuer, await issue(request, client, proved, browser));
  }

  async function answerDevice(
    request: AuthorizationRequest,
    decision: Exclude<Decision, { ask: unknown }>,
    browser: Browser,
  ): Promise<NextStep> {
    const result =
      'session' in decision
        ? await devices.approve(request, decision.session, browser)
        : await devices.deny(request, browser);
    return { redirectTo: pages.deviceDone(result) };
  }

  function bySession(session: Session): ProvedUser {
    return { identity: session.identity, session, authorizedAtMs: now() };
  }

  /** Errors that belong to the client travel there; everything else becomes a page. */
  async function orErrorResponse(target: ResponseTarget, work: () => Promise<NextStep>): Promise<NextStep> {
    try {
      return await work();
    } catch (error) {
      // A challenge is for whoever sent credentials here, and the client's no business.
      if (!(error instanceof OAuthError) || error.status >= 500 || error.challenge !== undefined) throw error;
      return authorizationResponse(target, issuer, { error: error.name, error_description: error.message });
    }
  }

  return {
    async begin(given, browser) {
      const source = await requestSources.open(given);
      const target = await findTarget(directory, source.parameters);
      const { client } = target;
      return orErrorResponse(target, async () => {
        if (source.problem !== undefined) throw source.problem;
        const request = await readRequest(target, { ...source, isPushed: source.pushed !== undefined });
        const byPassword = options.basicAuthorize(request, client, browser);
        if (byPassword !== undefined) return answer(request, client, await byPassword, browser);
        const decision = await decide(request, client, await sessions.find(browser.request));
        if ('refusal' in decision) throw decision.refusal;
        if ('ask' in decision) return ask(decision, request, client, browser);
        return answer(request, client, bySession(decision.session), browser);
      });
    },

    async beginForDevice(request, browser) {
      const client = await directory.find(request.clientId);
      if (client === undefined || !mayStillAsk(client, request)) throw notKnownAnyMore();
      const decision = await decide(request, client, await sessions.find(browser.request));
      return 'ask' in decision
        ? ask(decision, request, client, browser)
        : answerDevice(request, decision, browser);
    },

    async check(parameters, { isSigned }) {
      await readRequest(await findTarget(directory, parameters), { parameters, isPushed: true, isSigned });
    },

    async resume(interactionId, browser) {
      const [interaction, session] = await Promise.all([
        interactions.readFor(browser.request, interactionId),
        sessions.find(browser.request),
      ]);
      const { authorization: request } = interaction;
      const client = await directory.find(request.clientId);
      if (client === undefined || !mayStillAsk(client, request)) throw notKnownAnyMore();
      const decision = await decide(request, client, session, interaction);
      if ('ask' in decision) {
        // Also where a sign-in is asked for once more: why an earlier attempt failed is over.
        await interactions.note(interactionId, decision.state);
        return { redirectTo: pages[decision.ask](interactionId) };
      }
      await interactions.consume(browser.request, interactionId);
      if (request.device !== undefined) return answerDevice(request, decision, browser);
      return orErrorResponse(request, async () => {
        if ('refusal' in decision) throw decision.refusal;
        return answer(request, client, bySession(decision.session), browser);
      });
    },

    async checkClient(given, clientAddress) {
      await findTarget(directory, (await requestSources.open(given)).parameters);
      options.starts.reserve(clientAddress);
    },
  };
}

/** The registration may have changed since the request was checked. */
function mayStillAsk(client: Client, { device, redirectUri }: AuthorizationRequest): boolean {
  return device === undefined
    ? isRegisteredRedirectUri(client, redirectUri)
    : client.grantTypes.includes(deviceGrantType);
}

function notKnownAnyMore() {
  return badRequest('The application that sent you here is not known any more');
}
