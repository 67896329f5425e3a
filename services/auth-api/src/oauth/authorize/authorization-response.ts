/** Builds the answer to an authorization request: parameters that travel to the redirect URI (RFC 6749 section 4.1.2). */
import { definedOnly } from '@gatehouse/contracts/values';
import { renderPostForm } from '../../core/protocol/post-form.ts';
import type { ResponseMode } from '../../core/protocol/response-types.ts';

export interface ResponseTarget {
  redirectUri: string;
  state?: string | undefined;
  responseMode: ResponseMode;
  /** JARM: the parameters are the claims of one signed JWT. */
  asJwt?: boolean | undefined;
}

/** The next step of the browser. */
export type NextStep = { redirectTo: string } | { postTo: string; fields: Record<string, string> };

/** The parameters of an answer or error. Each has `iss`, so that a client cannot mix up two servers (RFC 9207). */
export function responseFields({ state }: ResponseTarget, issuer: string, answer: Record<string, string>) {
  return { ...answer, ...definedOnly({ state }), iss: issuer };
}

export function authorizationResponse(
  { redirectUri, responseMode }: ResponseTarget,
  fields: Record<string, string>,
): NextStep {
  if (responseMode === 'form_post') return { postTo: redirectUri, fields };
  // Appended as text: a parser would rewrite the query that the client registered.
  const parameters = new URLSearchParams(fields);
  if (responseMode === 'fragment') return { redirectTo: `${redirectUri}#${parameters}` };
  return { redirectTo: `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${parameters}` };
}

/** Renders the page that posts an answer to the client (OAuth 2.0 Form Post Response Mode), at once or by its button. */
export function formPostPage(
  redirectUri: string,
  fields: Readonly<Record<string, string>>,
): { html: string; headers: Record<string, string> } {
  return renderPostForm({
    title: 'Back to your application',
    text: 'You are on your way. If nothing happens, go on by the button.',
    action: redirectUri,
    fields,
    formAction: formTarget(redirectUri),
  });
}

/** A host source cannot hold an IPv6 address (CSP Level 3 section 2.3.1): its scheme is allowed instead. */
function formTarget(redirectUri: string): string {
  const { origin, hostname, protocol } = new URL(redirectUri);
  return hostname.startsWith('[') ? protocol : origin;
}
