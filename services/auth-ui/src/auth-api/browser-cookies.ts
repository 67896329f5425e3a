/** Reads the cookies that Auth API sets in a browser, to pass them on to Auth API. */
import type { FastifyRequest } from 'fastify';
import { ownCookie } from '../pages/own-cookie.ts';

/** Binds an interaction to the browser that started it. */
export function readBrowserCookie(request: FastifyRequest, publicUrl: string): string | undefined {
  return wellFormed(ownCookie(publicUrl, 'gatehouse-browser').read(request));
}

/** Of the sign-in that waits for its second factor. */
export function readSecondStepCookie(request: FastifyRequest, publicUrl: string): string | undefined {
  return wellFormed(ownCookie(publicUrl, 'gatehouse-second-step').read(request));
}

/** The session as a Cookie header for Auth API, without the other cookies of the browser. */
export function sessionCookieHeader(request: FastifyRequest, publicUrl: string): string | undefined {
  const cookie = ownCookie(publicUrl, 'gatehouse-session');
  const value = wellFormed(cookie.read(request));
  return value === undefined ? undefined : `${cookie.name}=${value}`;
}

/** Auth API sets base64url, so other values are not its own and are not passed on. */
function wellFormed(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9_-]{1,128}$/.test(value) ? value : undefined;
}
