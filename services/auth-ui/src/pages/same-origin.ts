/** Tells our own forms from those of other sites. */
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Fetch Metadata where the browser sends it (`none`: the person repeated the request, no page did), the Origin
 * otherwise; a request with neither is not trusted.
 */
export function isFromOwnOrigin(headers: IncomingHttpHeaders, publicUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  return site === undefined ? headers.origin === publicUrl : site === 'same-origin' || site === 'none';
}
