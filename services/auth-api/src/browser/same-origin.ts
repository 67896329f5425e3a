/** Whether a request was made by a page of our own; the browser says so in headers that no page can forge. */
import { forbidden } from '@gatehouse/service-kit/errors/app-error';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * For requests that carry nothing else that a foreign page could not know. A page with `Referrer-Policy: no-referrer`
 * sends `Origin: null` even to its own origin; then Sec-Fetch-Site decides.
 */
export function isSameOrigin(headers: Headers, publicUrl: string): boolean {
  const { origin } = headers;
  if (origin !== undefined && origin !== 'null') return origin === publicUrl;
  return headers['sec-fetch-site'] === 'same-origin';
}

/** True when the browser names another origin; callers that are no browsers name none. */
export function isForeign(headers: Headers, publicUrl: string): boolean {
  const { origin } = headers;
  if (origin !== undefined && origin !== 'null' && origin !== publicUrl) return true;
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/**
 * Whether another site led the browser here, and which; a browser tells the site alone, or nothing where a page forbids
 * that. Hosts of our own site are not foreign: applications of the installation live there.
 */
export function foreignReferrer(headers: Headers): { origin: string | undefined } | undefined {
  if (headers['sec-fetch-site'] !== 'cross-site') return undefined;
  const { referer } = headers;
  return { origin: typeof referer === 'string' ? URL.parse(referer)?.origin : undefined };
}

/** @throws AppError (403) `cross_site` */
export function requireSameOrigin(headers: Headers, publicUrl: string): void {
  if (!isSameOrigin(headers, publicUrl)) throw crossSite();
}

export function crossSite() {
  return forbidden('This form was not sent by a page of this service. Open the sign-in page and try again.', {
    name: 'cross_site',
  });
}
