/** Reads the cookies that Auth API sets in a browser, to pass them on to Auth API. */
import type { FastifyRequest } from 'fastify';

/** Binds an interaction to the browser that started it. */
export function readBrowserCookie(request: FastifyRequest, publicUrl: string): string | undefined {
  return wellFormed(request.cookies[cookieName('gatehouse-browser', publicUrl)]);
}

/** The session as a Cookie header for Auth API, without the other cookies of the browser. */
export function sessionCookieHeader(request: FastifyRequest, publicUrl: string): string | undefined {
  const name = cookieName('gatehouse-session', publicUrl);
  const value = wellFormed(request.cookies[name]);
  return value === undefined ? undefined : `${name}=${value}`;
}

/** RFC 6265bis section 4.1.3.2: `__Host-` needs Secure, which plain HTTP on a loopback address cannot have. */
function cookieName(name: string, publicUrl: string): string {
  return publicUrl.startsWith('https:') ? `__Host-${name}` : name;
}

/** Auth API sets base64url, so other values are not its own and are not passed on. */
function wellFormed(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9_-]{1,128}$/.test(value) ? value : undefined;
}
