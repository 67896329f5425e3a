/** Distinguishes own forms from those of other sites. */
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Uses Fetch Metadata if the browser sends it (`none`: the user repeated the request, no page did), otherwise the Origin.
 * A request with neither is not trusted.
 */
export function isFromOwnOrigin(headers: IncomingHttpHeaders, publicUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  return site === undefined ? headers.origin === publicUrl : site === 'same-origin' || site === 'none';
}
