/** The two cookies of a browser: one tells browsers apart, one is the session. */
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import { definedOnly } from '@gatehouse/contracts/defined-only';

/** The parts of an HTTP request that cookies and sessions are read from; a Fastify request with cookies has them. */
export interface BrowserRequest extends SenderRequest {
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly ip: string;
}

export interface CookieOptions {
  path: string;
  httpOnly: boolean;
  secure: boolean;
  sameSite: 'lax';
  maxAge?: number;
}

/** The part of an HTTP reply that cookies are written to. */
export interface BrowserReply {
  setCookie(name: string, value: string, options: CookieOptions): unknown;
}

/** One request of a browser with the reply to it. */
export interface Browser {
  request: BrowserRequest;
  reply: BrowserReply;
  correlationId: string;
}

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
