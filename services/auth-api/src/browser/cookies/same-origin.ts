/** Compares the origin of a request with our own; browsers name it in headers that no page can forge. */

import { redirectUriProblem } from '@gatehouse/contracts/values';
import { forbidden } from '@gatehouse/service-kit/errors';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Protects requests that carry no csrf token. A page with `Referrer-Policy: no-referrer` sends `Origin: null` even to its
 * own origin; then Sec-Fetch-Site decides.
 */
function isSameOrigin(headers: Headers, publicUrl: string): boolean {
  const { origin } = headers;
  if (origin !== undefined && origin !== 'null') return origin === publicUrl;
  return headers['sec-fetch-site'] === 'same-origin';
}

/** True when a browser names another origin; programs name none. */
export function isForeign(headers: Headers, publicUrl: string): boolean {
  const { origin } = headers;
  if (origin !== undefined && origin !== 'null' && origin !== publicUrl) return true;
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/**
 * Gives the origin of another site whose page led the browser here; `origin` is undefined when that page hides it. Hosts
 * of our own site are foreign only where the operator does not trust them all: applications of the installation live there.
 */
export function foreignReferrer(
  headers: Headers,
  areSiblingsForeign: boolean,
): { origin: string | undefined } | undefined {
  const site = headers['sec-fetch-site'];
  if (site !== 'cross-site' && !(areSiblingsForeign && site === 'same-site')) return undefined;
  const { referer } = headers;
  return { origin: typeof referer === 'string' ? URL.parse(referer)?.origin : undefined };
}

/**
 * True for a browser that goes to an address: by a link, and a link may carry anybody's user name and password. False for
 * programs, and for scripts of our own pages.
 */
export function isNavigation(headers: Headers): boolean {
  const { accept, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (site !== undefined || mode !== undefined) return site !== 'same-origin' || mode === 'navigate';
  // Old browsers, and others on http, send no Sec-Fetch header.
  return accept !== undefined && String(accept).includes('text/html');
}

/** @throws AppError (403) `cross_site` */
export function requireSameOrigin(headers: Headers, publicUrl: string): void {
  if (!isSameOrigin(headers, publicUrl)) throw crossSite();
}

/** Gives the web origin of an address; undefined when two parsers could read the address differently. */
export function webOriginOf(address: string): string | undefined {
  if (redirectUriProblem(address) !== undefined) return undefined;
  const { origin, protocol } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
}

export function crossSite() {
  return forbidden('This form was not sent by a page of this service. Open the sign-in page and try again.', {
    name: 'cross_site',
  });
}
