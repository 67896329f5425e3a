/** The authorization endpoint: from a request to a code, with a sign-in in between where one is needed. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import { invalidRequest, loginRequired, OAuthError } from '@gatehouse/service-kit/errors/oauth-error';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import type { AuditWriter } from '../audit/event.ts';
import type { Client } from '../clients/client.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import type { InteractionService } from '../interactions/interaction.ts';
import type { BrowserReply, BrowserRequest, Session, SessionService } from '../sessions/session.ts';
import type { Families } from '../tokens/families.ts';
import { formatFamilyToken, newFamilyId, newSecret } from '../tokens/family-token.ts';
import type { IdTokens } from '../tokens/id-token.ts';
import { checkAuthorizationParameters } from './authorization-checks.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { authorizationResponse, type ResponseTarget } from './authorization-response.ts';
import type { RequestParameters } from './parameters.ts';
import { isRegisteredRedirectUri } from './redirect-uri.ts';
import { needsSignIn } from './sign-in-need.ts';

export interface Browser {
  request: BrowserRequest;
  reply: BrowserReply;
  correlationId: string;
}

export interface AuthorizationEndpoint {
  /**
   * Where the browser goes next: the client with a code or an error, or the sign-in page.
   * @throws AppError for a page, whenever the redirect URI cannot be trusted.
   */
  begin(parameters: RequestParameters, browser: Browser): Promise<string>;
  /** After a sign-in: the same, from the interaction that waited. @throws AppError for a page */
  resume(interactionId: string, browser: Browser): Promise<string>;
  /** Refuses what begin() would answer with a page. @throws AppError */
  checkClient(parameters: RequestParameters, clientAddress: string): Promise<void>;
}

export interface AuthorizationOptions {
  issuer: string;
  publicUrl: string;
  directory: ClientDirectory;
  sessions: SessionService;
  interactions: InteractionService;
  families: Families;
  idTokens: IdTokens;
  audit: AuditWriter;
  now: Clock;
  /** Bounds how many sign-ins one address may begin: each waits in Redis for ten minutes. */
  starts: AttemptLimiter;
}

export function createAuthorizationEndpoint(options: AuthorizationOptions): AuthorizationEndpoint {
  const { issuer, directory, sessions, interactions, families, audit, now } = options;
  const signInPage = `${options.publicUrl}/auth/sign-in.html`;

  async function findTarget(
    parameters: RequestParameters,
  ): Promise<ResponseTarget & { client: Client; given: boolean }> {
    const client = await directory.find(parameters.get('client_id') ?? '');
    // RFC 6749 section 4.1.2.1: without a client and a redirect URI of its own, nobody is redirected anywhere.
    if (client === undefined)
      throw badRequest('The application that sent you here is not known', { field: 'client_id' });
    const given = parameters.get('redirect_uri');
    const redirectUri = given ?? (client.redirectUris.length === 1 ? client.redirectUris[0] : undefined);
    if (redirectUri === undefined || !isRegisteredRedirectUri(client, redirectUri)) {
      throw badRequest('The application that sent you here gave an address that is not registered for it', {
        field: 'redirect_uri',
      });
    }
    return { client, redirectUri, given: given !== undefined, state: parameters.get('state') };
  }

  async function readRequest(
    target: Awaited<ReturnType<typeof findTarget>>,
    parameters: RequestParameters,
  ): Promise<AuthorizationRequest> {
    const checked = checkAuthorizationParameters({ client: target.client, parameters });
    const hintedSubject = await readHint(parameters.get('id_token_hint'));
    const asksForSignIn = checked.prompt.includes('login') || checked.prompt.includes('select_account');
    return {
      clientId: target.client.clientId,
      redirectUri: target.redirectUri,
      redirectUriGiven: target.given,
      ...checked,
      ...optional('state', target.state),
      ...optional('nonce', parameters.get('nonce')),
      ...optional('codeChallenge', parameters.get('code_challenge')),
      ...optional('hintedSubject', hintedSubject),
      ...optional('loginHint', parameters.get('login_hint')?.slice(0, 256)),
      ...optional('uiLocales', parameters.get('ui_locales')?.slice(0, 256)),
      ...optional('tenantHint', parameters.get('tenant')?.slice(0, 256)),
      hideTenant: parameters.get('hideTenant') === 'true',
      requiresFreshSignIn: asksForSignIn || checked.maxAgeSeconds === 0,
      requestedAtMs: now(),
    };
  }

  async function readHint(idToken: string | undefined): Promise<string | undefined> {
    if (idToken === undefined) return undefined;
    const hint = await options.idTokens.recognize(idToken);
    if (hint === undefined) throw invalidRequest('The id_token_hint is not an ID token of this server');
    return hint.sub;
  }

  async function answer(request: AuthorizationRequest, client: Client, browser: Browser): Promise<string> {
    const session = await sessions.find(browser.request);
    if (session !== undefined && !needsSignIn(request, client, session, now())) {
      return issueCode(request, session, browser);
    }
    if (request.prompt.includes('none')) throw loginRequired('The user must sign in');
    options.starts.reserve(browser.request.ip);
    const { id } = await interactions.create(browser.reply, browser.request, {
      clientName: client.name,
      authorization: request,
    });
    return `${signInPage}?interaction=${encodeURIComponent(id)}`;
  }

  async function issueCode(
    request: AuthorizationRequest,
    session: Session,
    browser: Browser,
  ): Promise<string> {
    const code = { familyId: newFamilyId(), secret: newSecret() };
    const { sid, authTimeMs, amr, identity, sub } = session;
    await Promise.all([
      families.saveCode(code, {
        familyId: code.familyId,
        clientId: request.clientId,
        grantType: 'authorization_code',
        scope: request.scope,
        audience: [],
        identity,
        session: { sid, authTimeMs, amr },
        ...optional('nonce', request.nonce),
        authorizedAtMs: now(),
        redirectUri: request.redirectUri,
        redirectUriGiven: request.redirectUriGiven,
        ...optional('codeChallenge', request.codeChallenge),
      }),
      sessions.noteClient(browser.request, session, request.clientId),
      audit.write({
        name: 'code_issued',
        outcome: 'success',
        sub,
        sid,
        clientId: request.clientId,
        contactCenterId: identity.contactCenterId,
        correlationId: browser.correlationId,
        clientAddress: browser.request.ip,
      }),
    ]);
    return authorizationResponse(request, issuer, { code: formatFamilyToken(code) });
  }

  /** Errors that belong to the client travel there; everything else becomes a page. */
  async function orErrorResponse(target: ResponseTarget, work: () => Promise<string>): Promise<string> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OAuthError) || error.status >= 500) throw error;
      return authorizationResponse(target, issuer, { error: error.name, error_description: error.message });
    }
  }

  return {
    async begin(parameters, browser) {
      const target = await findTarget(parameters);
      return orErrorResponse(target, async () =>
        answer(await readRequest(target, parameters), target.client, browser),
      );
    },

    async resume(interactionId, browser) {
      const { authorization: request } = await interactions.readFor(browser.request, interactionId);
      const client = await directory.find(request.clientId);
      // The registration may have changed while the user was signing in.
      if (client === undefined || !isRegisteredRedirectUri(client, request.redirectUri)) {
        throw badRequest('The application that sent you here is not known any more');
      }
      const session = await sessions.find(browser.request);
      const isAnotherUser = session !== undefined && (request.hintedSubject ?? session.sub) !== session.sub;
      if (!isAnotherUser && (session === undefined || needsSignIn(request, client, session, now()))) {
        return `${signInPage}?interaction=${encodeURIComponent(interactionId)}`;
      }
      await interactions.consume(browser.request, interactionId);
      return orErrorResponse(request, async () => {
        if (isAnotherUser) throw loginRequired('Another user signed in than the one who was asked for');
        return issueCode(request, session as Session, browser);
      });
    },

    async checkClient(parameters, clientAddress) {
      await findTarget(parameters);
      options.starts.reserve(clientAddress);
    },
  };
}

/** An absent value is an absent key. */
function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
