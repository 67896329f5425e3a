/** The authorization endpoint: takes a request to its answer, through a sign-in and a consent where they are needed. */
import { accessDenied } from '@gatehouse/caller-auth/oauth-errors';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { Browser } from '../../browser/cookies/browser-cookies.ts';
import type { FormGuard, GuardedForm } from '../../browser/interactions/form-guard.ts';
import type { InteractionService } from '../../browser/interactions/service.ts';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { Session } from '../../browser/sessions/session.ts';
import type { AuthorizationRequest } from '../../core/protocol/authorization-request.ts';
import { deviceGrantType } from '../../core/protocol/grant-types.ts';
import { type RequestParameters, readParameters } from '../../core/protocol/parameters.ts';
import { isRegisteredRedirectUri } from '../../core/protocol/redirect-uri.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import { noteJudged } from '../refusals/evidence.ts';
import { type AnswerOptions, createAnswers } from './answer-client.ts';
import { type AskUserOptions, createAskUser } from './ask-user.ts';
import { type Decide, isQuestion } from './authorization-decision.ts';
import type { ProvedUser } from './authorization-issue.ts';
import type { NextStep } from './authorization-response.ts';
import { findTarget } from './authorization-target.ts';
import type { BasicAuthorize } from './basic-authorize.ts';
import { createRequestReader, type RequestReaderOptions } from './read-request.ts';
import { createRefusalRecord, type RefusalRecordOptions } from './record-refusal.ts';
import type { RequestSources } from './request-sources.ts';

export interface AuthorizationOptions
  extends AnswerOptions,
    AskUserOptions,
    RefusalRecordOptions,
    RequestReaderOptions {
  directory: Pick<ClientDirectory, 'find'>;
  requestSources: RequestSources;
  interactions: InteractionService;
  formGuard: FormGuard;
  sessions: Pick<SessionService, 'find'>;
  decide: Decide;
  basicAuthorize: BasicAuthorize;
  /** Bounds how many posted requests one address may leave in Redis. */
  starts: AttemptLimiter;
}

export type AuthorizationEndpoint = ReturnType<typeof createAuthorizationEndpoint>;

export function createAuthorizationEndpoint(options: AuthorizationOptions) {
  const { directory, requestSources, interactions, sessions, decide, pages, now } = options;
  const readRequest = createRequestReader(options);
  const askUser = createAskUser(options);
  const answer = createAnswers(options);
  const recordRefusal = createRefusalRecord(options);

  const bySession = (session: Session): ProvedUser => ({
    identity: session.identity,
    session,
    authorizedAtMs: now(),
  });

  /** The registration may have changed since the request was checked. @throws AppError for a page */
  async function findClientAgain(request: AuthorizationRequest): Promise<Client> {
    const client = await directory.find(request.clientId);
    if (client === undefined || !mayStillAsk(client, request))
      throw badRequest('The application that sent you here is not known any more');
    return client;
  }

  return {
    /**
     * Gives the browser's next step: the answer or an error for the client, or a page of ours.
     * @throws AppError for a page, whenever the redirect URI cannot be trusted.
     */
    async begin(given: RequestParameters, browser: Browser): Promise<NextStep> {
      // Before any other work: at the start of a shift it is the refusals that are many.
      if (!options.hasSession(browser) && given.get('prompt') !== 'none') options.admissionControl.enter();
      const source = await requestSources.open(given);
      noteJudged(browser.request, source.parameters);
      const target = await findTarget(directory, source.parameters);
      const { client } = target;
      return answer.orError(target, client, browser, async () => {
        if (source.problem !== undefined) throw source.problem;
        const request = await readRequest(target, { ...source, isPushed: source.pushed !== undefined });
        const byPassword = await options.basicAuthorize(request, client, browser);
        if (byPassword !== undefined) return answer.toClient(request, client, byPassword, browser);
        const decision = await decide(request, client, await sessions.find(browser.request));
        if ('refusal' in decision) throw decision.refusal;
        if (isQuestion(decision)) return askUser(decision, request, client, browser);
        return answer.toClient(request, client, bySession(decision.session), browser);
      });
    },

    /** Does the same for a device whose code the user typed. @throws AppError for a page */
    async beginForDevice(request: AuthorizationRequest, browser: Browser): Promise<NextStep> {
      const client = await findClientAgain(request);
      const decision = await decide(request, client, await sessions.find(browser.request));
      return isQuestion(decision)
        ? askUser(decision, request, client, browser)
        : answer.toDevice(request, decision, browser);
    },

    /** Goes on with the interaction that waited for a sign-in or a consent. @throws AppError for a page */
    async resume(interactionId: string, browser: Browser): Promise<NextStep> {
      const [interaction, session] = await Promise.all([
        interactions.readFor(browser.request, interactionId),
        sessions.find(browser.request),
      ]);
      const { authorization: request } = interaction;
      noteJudged(browser.request, askedBefore(request));
      const client = await findClientAgain(request);
      const decision = await decide(request, client, session, interaction);
      if (isQuestion(decision)) {
        // Replaces the reason why an earlier attempt failed.
        await interactions.recordState(interactionId, 'ask' in decision ? decision.state : {});
        return { redirectTo: await options.pageOf(decision, interactionId, browser) };
      }
      await interactions.consume(browser.request, interactionId);
      options.unfinished.release(browser.request.ip);
      if (request.device !== undefined) return answer.toDevice(request, decision, browser);
      return answer.orError(request, client, browser, async () => {
        try {
          if ('refusal' in decision) throw decision.refusal;
          return await answer.toClient(request, client, bySession(decision.session), browser);
        } catch (error) {
          await recordRefusal(error, client, session, browser.request);
          throw error;
        }
      });
    },

    /** Ends the interaction because its user does not want to sign in (RFC 6749 section 4.1.2.1). @throws AppError for a page */
    async cancel(form: GuardedForm & { interaction: string }, browser: Browser): Promise<NextStep> {
      const { refusal } = await options.formGuard.open(browser.request, form);
      if (refusal !== undefined) return { redirectTo: pages.signIn(form.interaction) };
      const { authorization: request } = await interactions.consume(browser.request, form.interaction);
      options.unfinished.release(browser.request.ip);
      noteJudged(browser.request, askedBefore(request));
      const client = await findClientAgain(request);
      const denial = accessDenied('The user cancelled the sign-in');
      if (request.device !== undefined) return answer.toDevice(request, { refusal: denial }, browser);
      return answer.orError(request, client, browser, () => Promise.reject(denial));
    },

    /** Refuses a pushed request that begin() would refuse. @throws OAuthError, AppError */
    async check(parameters: RequestParameters, { isSigned }: { isSigned: boolean }): Promise<void> {
      await readRequest(await findTarget(directory, parameters), { parameters, isPushed: true, isSigned });
    },

    /** Refuses a request that begin() would answer with a page. @throws AppError */
    async checkClient(given: RequestParameters, clientAddress: string): Promise<void> {
      await findTarget(directory, (await requestSources.open(given)).parameters);
      options.starts.reserve(clientAddress);
    },
  };
}

function mayStillAsk(client: Client, { device, redirectUri }: AuthorizationRequest): boolean {
  return device === undefined
    ? isRegisteredRedirectUri(client, redirectUri)
    : client.grantTypes.includes(deviceGrantType);
}

/** For the trace of a refusal: the request of the beginning. */
function askedBefore({
  clientId,
  redirectUri,
  responseType,
  scope,
}: AuthorizationRequest): RequestParameters {
  const asked = { client_id: clientId, redirect_uri: redirectUri, response_type: responseType };
  return readParameters({ ...asked, scope: scope.join(' ') });
}
