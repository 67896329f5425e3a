/** Reads and sets the two cookies of a browser: the binding cookie and the session cookie. */
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint';
import { definedOnly } from '@gatehouse/contracts/values';

/** The parts of a browser's request that Auth API reads; a Fastify request with cookies has them. */
export interface BrowserRequest extends SenderRequest {
  /** Request id: the correlation id of logs and audit events. */
  readonly id: string;
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

/** A browser's request and the reply that cookies are set on. */
export interface Browser {
  readonly request: BrowserRequest;
  readonly reply: {
    setCookie(name: string, value: string, options: CookieOptions): unknown;
  };
}

const browserLifeSeconds = 180 * 24 * 3600;

export type BrowserCookies = ReturnType<typeof createBrowserCookies>;

/**
 * The `__Host-` prefix keeps sibling hosts from setting these cookies; it needs https. Plain names are for an
 * installation on http and loopback, which browsers treat as secure.
 */
export function createBrowserCookies(publicUrl: string) {
  const secure = publicUrl.startsWith('https:');
  const prefix = secure ? '__Host-' : '';
  const names = {
    browser: `${prefix}gatehouse-browser`,
    session: `${prefix}gatehouse-session`,
    secondStep: `${prefix}gatehouse-second-step`,
    device: `${prefix}gatehouse-remembered-device`,
    factorMark: `${prefix}gatehouse-factor-given`,
  };
  const attributes = { path: '/', httpOnly: true, secure, sameSite: 'lax' } as const;
  /** An interaction and the second step that begin in one request are of one browser. */
  const bound = new WeakMap<BrowserRequest, string>();

  return {
    /** The binding cookie, also one that this answer sets; undefined when it is absent or not well-formed. */
    readBrowser: (request: BrowserRequest) =>
      bound.get(request) ?? wellFormed(request.cookies[names.browser]),
    /** The session cookie; undefined when it is absent or not well-formed. */
    readSession: ({ cookies }: BrowserRequest) => wellFormed(cookies[names.session]),
    setBrowser({ request, reply }: Browser, value: string): void {
      bound.set(request, value);
      reply.setCookie(names.browser, value, { ...attributes, maxAge: browserLifeSeconds });
    },
    /** Without `maxAgeSeconds` the cookie ends with the browser. */
    setSession({ reply }: Pick<Browser, 'reply'>, value: string, maxAgeSeconds?: number): void {
      reply.setCookie(names.session, value, definedOnly({ ...attributes, maxAge: maxAgeSeconds }));
    },
    /** The sign-in that waits for its second factor: no session, and read by nothing else. */
    readSecondStep: ({ cookies }: BrowserRequest) => wellFormed(cookies[names.secondStep]),
    setSecondStep({ reply }: Pick<Browser, 'reply'>, value: string, maxAgeSeconds: number): void {
      reply.setCookie(names.secondStep, value, { ...attributes, maxAge: maxAgeSeconds });
    },
    clearSecondStep({ reply }: Pick<Browser, 'reply'>): void {
      reply.setCookie(names.secondStep, '', { ...attributes, maxAge: 0 });
    },
    readRememberedDevice: ({ cookies }: BrowserRequest) => cookies[names.device],
    setRememberedDevice({ reply }: Pick<Browser, 'reply'>, value: string, maxAgeSeconds: number): void {
      reply.setCookie(names.device, value, { ...attributes, maxAge: maxAgeSeconds });
    },
    /** Says that a person gave a factor in this browser, which proves nothing: it counts their wrong answers apart. */
    readFactorMark: ({ cookies }: BrowserRequest) => cookies[names.factorMark],
    setFactorMark({ reply }: Pick<Browser, 'reply'>, value: string, maxAgeSeconds: number): void {
      reply.setCookie(names.factorMark, value, { ...attributes, maxAge: maxAgeSeconds });
    },
    clearSession({ reply }: Pick<Browser, 'reply'>): void {
      reply.setCookie(names.session, '', { ...attributes, maxAge: 0 });
    },
  };
}

/** Gives a value of 256 random bits in base64url; Auth API sets no other, so no other is looked up. */
export function wellFormed(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined;
}
