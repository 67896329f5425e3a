/** Tells the client ids that are addresses of documents (draft-ietf-oauth-client-id-metadata-document-02 section 3) from all others. */

/** No id that an operator or we give has a colon. */
export function isDocumentAddress(clientId: string): boolean {
  return clientId.startsWith('https://');
}

/** The host that vouches for the client; undefined for one that is registered here. */
export function hostOfDocument(clientId: string): string | undefined {
  return isDocumentAddress(clientId) ? URL.parse(clientId)?.host : undefined;
}

/**
 * The end of a sentence about an address that is none of a document. One spelling alone is taken, that of the parser: ids are compared as
 * text, and people must see the host that is asked.
 */
export function addressProblem(clientId: string): string | undefined {
  const url = URL.parse(clientId);
  if (url === null || url.href !== clientId)
    return 'must be written in its normal form (RFC 3986 section 6.2.2)';
  if (url.username !== '' || url.password !== '') return 'must have no user name or password';
  if (clientId.includes('#')) return 'must have no fragment';
  // A page that repeats a part of its query would make documents for everybody.
  if (clientId.includes('?')) return 'must have no query';
  return url.pathname === '/' ? 'must have a path' : undefined;
}
