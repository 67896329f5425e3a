/** Decides what an authorization request needs before its answer: a sign-in, a consent, a refusal, or nothing. */

import {
  accessDenied,
  consentRequired,
  loginRequired,
  type OAuthError,
  unmetRequirements,
} from '@gatehouse/caller-auth/oauth-errors';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { ConsentService } from '../../browser/consents/service.ts';
import { type Interaction, type InteractionState, isAsked } from '../../browser/interactions/interaction.ts';
import type { Session } from '../../browser/sessions/session.ts';
import { contextOf } from '../../core/protocol/authentication-context.ts';
import { type AuthorizationRequest, isForAnother } from '../../core/protocol/authorization-request.ts';
import { type Client, servesContactCenter } from '../../registry/clients/client.ts';
import { isDocumentAddress } from '../../registry/clients/documents/document-address.ts';
import { seenAtMsOf } from '../../tokens/session-reference.ts';

/** The page that asks, and what its interaction must know. */
export interface Ask {
  ask: 'signIn' | 'consent';
  state: InteractionState;
}

export type Conclusion = { session: Session } | { refusal: OAuthError };

export interface DecisionOptions {
  consents: Pick<ConsentService, 'covers'>;
  now: Clock;
}

export type Decide = ReturnType<typeof createDecision>;

export function createDecision({ consents, now }: DecisionOptions) {
  async function decideConsent(
    request: AuthorizationRequest,
    client: Client,
    session: Session,
    pending: Interaction | undefined,
  ): Promise<Conclusion | Ask> {
    const asked = pending?.state.consent;
    if (isAsked(asked, session) && asked.answer !== undefined) {
      return asked.answer === 'allowed'
        ? { session }
        : {
            refusal: accessDenied('The user did not agree to what the application asks for', {
              refusal: 'consent_refused',
            }),
          };
    }
    // Authorization details name single things: what the user agreed to once says nothing of the next.
    // A document may be another one by now.
    const isDemanded =
      request.prompt.includes('consent') ||
      request.details !== undefined ||
      isDocumentAddress(client.clientId);
    // A remembered consent says nothing of APIs: a scope may mean much at one and little at another.
    const isRemembered = async () =>
      request.resources === undefined && (await consents.covers(session.identity, request));
    if (!isDemanded && (!client.requireConsent || (await isRemembered()))) return { session };
    if (request.prompt.includes('none'))
      return { refusal: consentRequired('The user must agree to what the application asks for') };
    const { sub, identity } = session;
    const { contactCenterId, username: userName } = identity;
    return { ask: 'consent', state: { consent: { sub, contactCenterId, userName } } };
  }

  /** `session` is that of the browser, `pending` the interaction that the request waited in. @throws AppError (503) */
  return async (
    request: AuthorizationRequest,
    client: Client,
    session: Session | undefined,
    pending?: Interaction,
  ): Promise<Conclusion | Ask> => {
    if (pending !== undefined && isAnotherUser(request, session)) {
      return { refusal: loginRequired('Another user signed in than the one who was asked for') };
    }
    const isCaused = pending !== undefined && session?.interactionId === pending.id;
    if (session === undefined || needsSignIn(request, client, session, { nowMs: now(), isCaused })) {
      return request.prompt.includes('none')
        ? { refusal: loginRequired('The user must sign in') }
        : { ask: 'signIn', state: {} };
    }
    const { contexts } = request;
    if (contexts?.areEssential && !contexts.values.includes(contextOf(session.amr))) {
      return { refusal: unmetRequirements() };
    }
    return decideConsent(request, client, session, pending);
  };
}

function isAnotherUser(request: AuthorizationRequest, session: Session | undefined): boolean {
  return session !== undefined && isForAnother(request, session.identity);
}

/** `isCaused`: the session was made for this very request. */
function needsSignIn(
  request: AuthorizationRequest,
  client: Client,
  session: Session,
  { nowMs, isCaused }: { nowMs: number; isCaused: boolean },
): boolean {
  if (isForAnother(request, session.identity)) return true;
  if (!servesContactCenter(client, session.identity.contactCenterId)) return true;
  // Single sign-on has verified this sign-in against the request already.
  if (isCaused) return false;
  const seenAtMs = seenAtMsOf(session);
  if (seenAtMs !== undefined && seenAtMs >= request.requestedAtMs) return false;
  if (request.requiresFreshSignIn) return true;
  const { maxAgeSeconds } = request;
  if (maxAgeSeconds !== undefined && !(seenAtMs && nowMs - seenAtMs <= maxAgeSeconds * 1000)) return true;
  return wantsStepUp(request, session);
}

/** An `acr` that is not essential leads to a sign-in, but never to a refusal: with prompt=none the session answers. */
function wantsStepUp({ contexts, prompt }: AuthorizationRequest, { amr }: Session): boolean {
  if (contexts === undefined || contexts.values.includes(contextOf(amr))) return false;
  return contexts.areEssential || !prompt.includes('none');
}
