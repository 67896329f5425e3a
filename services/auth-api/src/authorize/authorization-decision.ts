/** What stands between an authorization request and its answer: a sign-in, a consent, a refusal, or nothing. */
import type { Clock } from '@gatehouse/service-kit/clock';
import {
  accessDenied,
  consentRequired,
  loginRequired,
  type OAuthError,
  unmetRequirements,
} from '@gatehouse/service-kit/errors/oauth-error';
import type { Client } from '../clients/client.ts';
import type { ConsentService } from '../consents/consent.ts';
import type { Interaction, InteractionState } from '../interactions/interaction.ts';
import { contextOf } from '../protocol/authentication-context.ts';
import type { AuthorizationRequest } from '../protocol/authorization-request.ts';
import type { Session } from '../sessions/session.ts';
import { needsSignIn } from './sign-in-need.ts';

export type Decision =
  | { session: Session }
  | { refusal: OAuthError }
  /** The page that asks, and what its interaction must know. */
  | { ask: 'signIn' | 'consent'; state: InteractionState };

/** `session` is that of the browser, `pending` the interaction that the request has waited in. @throws AppError (503) */
export type Decide = (
  request: AuthorizationRequest,
  client: Client,
  session: Session | undefined,
  pending?: Interaction,
) => Promise<Decision>;

export interface DecisionOptions {
  consents: Pick<ConsentService, 'covers'>;
  now: Clock;
}

export function createDecision({ consents, now }: DecisionOptions): Decide {
  async function consentFor(
    request: AuthorizationRequest,
    client: Client,
    session: Session,
    pending: Interaction | undefined,
  ): Promise<Decision> {
    const asked = pending?.state.consent;
    if (asked?.sub === session.sub && asked.answer !== undefined) {
      return asked.answer === 'allowed'
        ? { session }
        : { refusal: accessDenied('The user did not agree to what the application asks for') };
    }
    const isDemanded = request.prompt.includes('consent');
    if (!isDemanded && (!client.requireConsent || (await consents.covers(session.sub, request)))) {
      return { session };
    }
    if (request.prompt.includes('none'))
      return { refusal: consentRequired('The user must agree to what the application asks for') };
    const { sub, identity } = session;
    return { ask: 'consent', state: { consent: { sub, userName: identity.username } } };
  }

  return async (request, client, session, pending) => {
    if (pending !== undefined && isAnotherUser(request, session)) {
      return { refusal: loginRequired('Another user signed in than the one who was asked for') };
    }
    const caused = pending !== undefined && session?.interactionId === pending.id;
    if (session === undefined || needsSignIn(request, client, session, { nowMs: now(), caused })) {
      return request.prompt.includes('none')
        ? { refusal: loginRequired('The user must sign in') }
        : { ask: 'signIn', state: {} };
    }
    const { contexts } = request;
    if (contexts?.areEssential && !contexts.values.includes(contextOf(session.amr))) {
      return { refusal: unmetRequirements() };
    }
    return consentFor(request, client, session, pending);
  };
}

function isAnotherUser({ hintedSubject }: AuthorizationRequest, session: Session | undefined): boolean {
  return session !== undefined && hintedSubject !== undefined && session.sub !== hintedSubject;
}
