/** Whether a session answers an authorization request, or the user must sign in. */
import { type Client, servesContactCenter } from '../clients/client.ts';
import type { Session } from '../sessions/session.ts';
import { contextOf } from '../tokens/authentication-context.ts';
import type { AuthorizationRequest } from './authorization-request.ts';

/** False: the session is good enough for this client and this request. */
export function needsSignIn(
  request: AuthorizationRequest,
  client: Client,
  session: Session,
  nowMs: number,
): boolean {
  // A sign-in that this request itself caused satisfies everything it asked for.
  const isFresh = session.authTimeMs >= request.requestedAtMs;
  if (request.requiresFreshSignIn && !isFresh) return true;
  if (request.hintedSubject !== undefined && request.hintedSubject !== session.sub) return true;
  if (!servesContactCenter(client, session.identity.contactCenterId)) return true;
  if (isFresh) return false;
  const { maxAgeSeconds } = request;
  if (maxAgeSeconds !== undefined && nowMs - session.authTimeMs > maxAgeSeconds * 1000) return true;
  return wantsStepUp(request, session);
}

/** A wish is worth a sign-in, but no refusal: without a page the session answers as it is. */
function wantsStepUp({ contexts, prompt }: AuthorizationRequest, { amr }: Session): boolean {
  if (contexts === undefined || contexts.values.includes(contextOf(amr))) return false;
  return contexts.areEssential || !prompt.includes('none');
}
