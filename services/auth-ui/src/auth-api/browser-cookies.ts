/** The cookies that Auth API gives a browser; Auth UI only passes them on. */
import type { FastifyRequest } from 'fastify';

/** Binds an interaction to the browser that started it. */
export function readBrowserCookie(request: FastifyRequest, publicUrl: string): string | undefined {
  return wellFormed(request.cookies[cookieName('gatehouse-browser', publicUrl)]);
}

/** The session as a Cookie header for Auth API; nothing else of the browser's cookies goes along. */
export function sessionCookieHeader(request: FastifyRequest, publicUrl: string): string | undefined {
  const name = cookieName('gatehouse-session', publicUrl);
  const value = wellFormed(request.cookies[name]);
  return value === undefined ? undefined : `${name}=${value}`;
}

/** RFC 6265bis section 4.1.3.2: `__Host-` needs Secure, which plain HTTP on a loopback address cannot have. */
function cookieName(name: string, publicUrl: string): string {
  return publicUrl.startsWith('https:') ? `__Host-${name}` : name;
}

/** Auth API sets base64url; whatever else a browser sends was never its own and need not be asked about. */
function wellFormed(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9_-]{1,128}$/.test(value) ? value : undefined;
}
