/** Whether a session answers an authorization request, or the user must sign in. */
import { type Client, servesContactCenter } from '../clients/client.ts';
import { contextOf } from '../protocol/authentication-context.ts';
import type { AuthorizationRequest } from '../protocol/authorization-request.ts';
import type { Session } from '../sessions/session.ts';
import { seenAtMsOf } from '../tokens/session-reference.ts';

/** False: the session is good enough for this client and this request. `caused`: it was made for this very request. */
export function needsSignIn(
  request: AuthorizationRequest,
  client: Client,
  session: Session,
  { nowMs, caused }: { nowMs: number; caused: boolean },
): boolean {
  if (request.hintedSubject !== undefined && request.hintedSubject !== session.sub) return true;
  if (!servesContactCenter(client, session.identity.contactCenterId)) return true;
  // A sign-in that this request itself caused satisfies everything it asked for: single sign-on has judged it by that.
  if (caused) return false;
  const seenAtMs = seenAtMsOf(session);
  const isKnown = session.isSeenAtUnknown !== true;
  if (isKnown && seenAtMs >= request.requestedAtMs) return false;
  if (request.requiresFreshSignIn) return true;
  const { maxAgeSeconds } = request;
  if (maxAgeSeconds !== undefined && !(isKnown && nowMs - seenAtMs <= maxAgeSeconds * 1000)) return true;
  return wantsStepUp(request, session);
}

/** A wish is worth a sign-in, but no refusal: without a page the session answers as it is. */
function wantsStepUp({ contexts, prompt }: AuthorizationRequest, { amr }: Session): boolean {
  if (contexts === undefined || contexts.values.includes(contextOf(amr))) return false;
  return contexts.areEssential || !prompt.includes('none');
}
