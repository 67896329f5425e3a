/** The two cookies of a browser: one tells browsers apart, one is the session. */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { BrowserReply, BrowserRequest } from '../sessions/session.ts';

export interface BrowserCookies {
  /** Undefined when there is none, or none that we could have set. */
  readBrowser(request: BrowserRequest): string | undefined;
  setBrowser(reply: BrowserReply, value: string): void;
  readSession(request: BrowserRequest): string | undefined;
  /** Without `maxAgeSeconds` the cookie ends with the browser. */
  setSession(reply: BrowserReply, value: string, maxAgeSeconds?: number): void;
  clearSession(reply: BrowserReply): void;
}

const browserLifeSeconds = 180 * 24 * 3600;

/**
 * The `__Host-` prefix keeps sibling hosts from setting these cookies; it needs https. Plain names are for an
 * installation on http and loopback, which browsers treat as secure.
 */
export function createBrowserCookies(publicUrl: string): BrowserCookies {
  const secure = publicUrl.startsWith('https:');
  const prefix = secure ? '__Host-' : '';
  const names = { browser: `${prefix}gatehouse-browser`, session: `${prefix}gatehouse-session` };
  const attributes = { path: '/', httpOnly: true, secure, sameSite: 'lax' } as const;

  return {
    readBrowser: (request) => wellFormed(request.cookies[names.browser]),
    setBrowser: (reply, value) => {
      reply.setCookie(names.browser, value, { ...attributes, maxAge: browserLifeSeconds });
    },
    readSession: (request) => wellFormed(request.cookies[names.session]),
    setSession: (reply, value, maxAgeSeconds) => {
      reply.setCookie(names.session, value, definedOnly({ ...attributes, maxAge: maxAgeSeconds }));
    },
    clearSession: (reply) => {
      reply.setCookie(names.session, '', { ...attributes, maxAge: 0 });
    },
  };
}

/** 256 random bits in base64url: anything else was never ours and is not even looked up. */
export function wellFormed(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined;
}
