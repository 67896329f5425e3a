/** Sets security headers: a page loads nothing from other sites, cannot be framed and sends no Referer to them. */
import { isLoopbackHost } from '@gatehouse/api-client/http';
import { definedOnly } from '@gatehouse/contracts/values';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import helmet from 'helmet';

/** Headers of every answer; a page narrows or widens them by `setHeadersOfPage`. */
export function securityHeaders(pages: App, publicUrl: string): void {
  const { protocol, hostname } = new URL(publicUrl);
  // RFC 6797 section 8.2: it counts for a host with all its ports, and everything that runs on `localhost` shares that name.
  const asksForHttps = protocol === 'https:' && !isLoopbackHost(hostname);
  const setHeaders = helmet({
    contentSecurityPolicy: policyOf({}, undefined),
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: asksForHttps ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // Applications open the sign-in page in a pop-up, and isolation would separate it from its opener for good.
    crossOriginOpenerPolicy: false,
  });
  pages.addHook('onRequest', (request, reply, done) =>
    setHeaders(request.raw, reply.raw, (error) => done(error as Error | undefined)),
  );
}

/** The addresses beyond this origin that a page may reach. */
export interface PageReach {
  /** An address at the application that waits for the user. */
  formsLeadTo?: string | undefined;
  /** Addresses of applications that the page loads in frames. */
  frames?: readonly string[] | undefined;
  /** The address of the page holds a secret: nobody is told it as the referrer, not even ourselves. */
  hasSecretAddress?: boolean | undefined;
  /** A script of the page asks this origin for something. */
  asksOwnOrigin?: boolean | undefined;
  /** Of a style that a document in a frame of the page brings along. */
  styleNonce?: string | undefined;
}

export function setHeadersOfPage(reply: FastifyReply, reach: PageReach, scriptNonce: string): void {
  const isOfApplication = reach.formsLeadTo !== undefined || (reach.frames ?? []).length > 0;
  const isSilent = isOfApplication || reach.hasSecretAddress === true;
  helmet.contentSecurityPolicy(policyOf(reach, scriptNonce))(reply.request.raw, reply.raw, orThrow);
  // A form without a CSRF token is trusted by its Origin, and browsers send `Origin: null` under `no-referrer` (Fetch
  // standard, "append a request Origin header"). Other origins still receive no Referer.
  reply.header('referrer-policy', isSilent ? 'no-referrer' : 'same-origin');
}

function orThrow(error?: unknown): void {
  if (error) throw error;
}

function policyOf(
  { formsLeadTo, frames = [], asksOwnOrigin, styleNonce }: PageReach,
  scriptNonce: string | undefined,
) {
  return {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': [scriptNonce === undefined ? "'none'" : `'nonce-${scriptNonce}'`],
      'style-src': ["'self'", ...(styleNonce === undefined ? [] : [`'nonce-${styleNonce}'`])],
      'img-src': ["'self'"],
      'form-action': formActionSources(formsLeadTo),
      'frame-ancestors': ["'none'"],
      'base-uri': ["'none'"],
      // Text never becomes HTML or code by a script, and no policy may allow it.
      'require-trusted-types-for': ["'script'"],
      'trusted-types': ["'none'"],
      ...definedOnly({ 'connect-src': asksOwnOrigin ? ["'self'"] : undefined }),
      ...definedOnly({ 'frame-src': frames.length === 0 ? undefined : frameSources(frames) }),
    },
  };
}

/**
 * CSP Level 3 section 6.4.1. Names the application, because Chromium applies `form-action` to redirects after the post too.
 * Only an address that is exactly one source gets into the header.
 */
export function formActionSources(redirectOrigin: string | undefined): string[] {
  const source = redirectOrigin === undefined ? undefined : sourceOf(redirectOrigin);
  return source === undefined ? ["'self'"] : ["'self'", source];
}

function frameSources(frames: readonly string[]): string[] {
  return [...new Set(frames.map(sourceOf).filter((source) => source !== undefined))];
}

function sourceOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, origin } = new URL(address);
  // Private-use schemes of native apps (RFC 8252 section 7.1) have a dot in them; script and data schemes have none.
  if (protocol !== 'http:' && protocol !== 'https:') return protocol.includes('.') ? protocol : undefined;
  // A host source cannot hold an IPv6 address (RFC 8252 section 7.3 allows it as a loopback redirect).
  return hostname.startsWith('[') ? protocol : origin;
}
