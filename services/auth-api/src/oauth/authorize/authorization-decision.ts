/** Decides what an authorization request needs before its answer: a sign-in, a consent, a refusal, or nothing. */

import {
  accessDenied,
  consentRequired,
  loginRequired,
  unmetRequirements,
} from '@gatehouse/caller-auth/oauth-errors';
import { type AssuranceLevel, reaches } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { AppError } from '@gatehouse/service-kit/errors';
import type { ConsentService } from '../../browser/consents/service.ts';
import { type Interaction, type InteractionState, isAsked } from '../../browser/interactions/interaction.ts';
import type { Session } from '../../browser/sessions/session.ts';
import type { Assurance } from '../../core/assurance/assurance.ts';
import { levelAsked } from '../../core/protocol/authentication-context.ts';
import { type AuthorizationRequest, isForAnother } from '../../core/protocol/authorization-request.ts';
import { includes } from '../../core/protocol/response-types.ts';
import type { Admission, Asked } from '../../people/accounts/admission.ts';
import { type Demands, demandsOf } from '../../people/accounts/demands.ts';
import { type Client, servesContactCenter } from '../../registry/clients/client.ts';
import { isDocumentAddress } from '../../registry/clients/documents/document-address.ts';
import type { Situations } from '../../sign-in/second-step/situation.ts';
import { proofsOf, seenAtMsOf } from '../../tokens/session-reference.ts';

/** The page that asks, and what its interaction must know. */
export interface Ask {
  ask: 'signIn' | 'consent';
  state: InteractionState;
}

/** The session is too weak, and its person has a factor, or may add one: the sign-in waits for it. */
export interface RaiseSession {
  raise: Session;
  demands: Demands;
}

export type Conclusion = { session: Session } | { refusal: AppError };

/** A page of ours comes before the answer. */
export const isQuestion = (decision: Conclusion | Ask | RaiseSession): decision is Ask | RaiseSession =>
  'ask' in decision || 'raise' in decision;

export interface DecisionOptions {
  consents: Pick<ConsentService, 'covers'>;
  admission: Pick<Admission, 'judge' | 'refusalOf'>;
  situations: Pick<Situations, 'canRaise'>;
  now: Clock;
}

export type Decide = ReturnType<typeof createDecision>;

export function createDecision({ consents, admission, situations, now }: DecisionOptions) {
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
  ): Promise<Conclusion | Ask | RaiseSession> => {
    if (pending !== undefined && isAnotherUser(request, session)) {
      return { refusal: loginRequired('Another user signed in than the one who was asked for') };
    }
    const isSilent = request.prompt.includes('none');
    const signIn: Conclusion | Ask = isSilent
      ? { refusal: loginRequired('The user must sign in') }
      : { ask: 'signIn', state: {} };
    if (session === undefined) return signIn;
    const isCaused = pending !== undefined && session.interactionId === pending.id;
    const isNew = isCaused || isOfThisRequest(request, session);
    if (needsSignIn(request, client, session, { nowMs: now(), isNew })) return signIn;
    const asked = askedBy(request, client, session);
    const verdict = await admission.judge(session.identity, asked);
    // The answer is refused where the contact centre has gone.
    if ('gone' in verdict) return decideConsent(request, client, session, pending);
    const { assurance } = 'short' in verdict ? verdict.short : verdict.admitted;
    const wanted = wishOf(request, assurance);
    // OpenID Connect Core section 5.5.1.1: an essential one that the session lacks needs the user.
    if (isSilent && !isNew && wanted !== undefined && request.contexts?.areEssential) return signIn;
    if ('admitted' in verdict && wanted === undefined)
      return decideConsent(request, client, session, pending);
    if (!isSilent) {
      const demands = demandsOf(client, wanted ?? asked.request);
      // Somebody who has signed in for this request is asked for what is missing, or told why it cannot be had. Another sign-in may bring it.
      if ((isNew && 'short' in verdict) || (await situations.canRaise(session, demands)))
        return { raise: session, demands };
      if (!isNew) return signIn;
    }
    if ('admitted' in verdict) return decideConsent(request, client, session, pending);
    if (verdict.short.need.by === 'request') return { refusal: unmetRequirements() };
    return { refusal: await admission.refusalOf(session.identity, asked, verdict.short) };
  };
}

function isAnotherUser(request: AuthorizationRequest, session: Session | undefined): boolean {
  return session !== undefined && isForAnother(request, session.identity);
}

function askedBy(request: AuthorizationRequest, client: Client, session: Session): Asked {
  const { contexts, responseType } = request;
  return {
    act: includes(responseType, 'code') ? 'code' : 'implicit',
    proofs: proofsOf({ session, authorizedAtMs: session.createdAtMs }),
    client,
    request: contexts?.areEssential ? levelAsked(contexts.values) : undefined,
  };
}

function isOfThisRequest(request: AuthorizationRequest, session: Session): boolean {
  const seenAtMs = seenAtMsOf(session);
  return seenAtMs !== undefined && seenAtMs >= request.requestedAtMs;
}

/** `isNew`: the session was made for this very request, or the user has signed in since it came. */
function needsSignIn(
  request: AuthorizationRequest,
  client: Client,
  session: Session,
  { nowMs, isNew }: { nowMs: number; isNew: boolean },
): boolean {
  if (isForAnother(request, session.identity)) return true;
  if (!servesContactCenter(client, session.identity.contactCenterId)) return true;
  // Single sign-on has verified this sign-in against the request already.
  if (isNew) return false;
  const seenAtMs = seenAtMsOf(session);
  if (request.requiresFreshSignIn) return true;
  const { maxAgeSeconds } = request;
  return maxAgeSeconds !== undefined && !(seenAtMs && nowMs - seenAtMs <= maxAgeSeconds * 1000);
}

/** The level that the request asks for and the session lacks. One that is not essential never leads to a refusal. */
function wishOf({ contexts }: AuthorizationRequest, { provedLevel }: Assurance): AssuranceLevel | undefined {
  const wanted = contexts && levelAsked(contexts.values);
  return wanted === undefined || reaches(provedLevel, wanted) ? undefined : wanted;
}
