/** The answer to an authorization request: parameters that travel to the redirect URI (RFC 6749 section 4.1.2). */
import type { ResponseMode } from '../protocol/response-types.ts';

export interface ResponseTarget {
  redirectUri: string;
  state?: string | undefined;
  responseMode: ResponseMode;
}

/** What happens in the browser next. */
export type NextStep = { redirectTo: string } | { postTo: string; fields: Record<string, string> };

/** `iss` goes with every answer, good or bad, so that a client cannot mix up two servers (RFC 9207). */
export function authorizationResponse(
  target: ResponseTarget,
  issuer: string,
  answer: Record<string, string>,
): NextStep {
  const { redirectUri, responseMode, state } = target;
  const fields = { ...answer, ...(state === undefined ? {} : { state }), iss: issuer };
  if (responseMode === 'form_post') return { postTo: redirectUri, fields };
  // Appended as text: a parser would rewrite the query that the client registered.
  const parameters = new URLSearchParams(fields);
  if (responseMode === 'fragment') return { redirectTo: `${redirectUri}#${parameters}` };
  return { redirectTo: `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${parameters}` };
}
