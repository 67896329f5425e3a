/** The answer to an authorization request: parameters at the redirect URI (RFC 6749 section 4.1.2). */

export interface ResponseTarget {
  redirectUri: string;
  state?: string | undefined;
}

/** `iss` goes with every answer, good or bad, so that a client cannot mix up two servers (RFC 9207). */
export function authorizationResponse(
  target: ResponseTarget,
  issuer: string,
  answer: { code: string } | { error: string; error_description: string },
): string {
  const parameters = new URLSearchParams({
    ...answer,
    ...(target.state === undefined ? {} : { state: target.state }),
    iss: issuer,
  });
  // Appended as text: a parser would rewrite the query that the client registered.
  return `${target.redirectUri}${target.redirectUri.includes('?') ? '&' : '?'}${parameters}`;
}
