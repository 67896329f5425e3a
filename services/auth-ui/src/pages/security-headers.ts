/** Sets security headers: a page loads nothing from other sites, cannot be framed and sends no Referer to them. */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { App } from '@gatehouse/service-kit/http/app-type';

/** Headers of every answer; a page replaces some of them by those of `headersOfPage`. */
export function securityHeaders(pages: App, publicUrl: string): void {
  const headers = definedOnly({
    'content-security-policy': policyOf({}, undefined),
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    // The filters of old browsers opened holes of their own.
    'x-xss-protection': '0',
    'strict-transport-security': publicUrl.startsWith('https:') ? 'max-age=31536000' : undefined,
    // No cross-origin-opener-policy: applications open the sign-in page in a pop-up, and isolation would separate it from
    // its opener for good.
  });
  pages.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

/** What a page may reach beyond this origin. */
export interface PageReach {
  /** An address at the application that waits for the user. */
  formsLeadTo?: string | undefined;
  /** Addresses of applications that the page loads in frames. */
  frames?: readonly string[] | undefined;
}

export function headersOfPage(reach: PageReach, scriptNonce: string) {
  const isOfApplication = reach.formsLeadTo !== undefined || (reach.frames ?? []).length > 0;
  return definedOnly({
    'content-security-policy': policyOf(reach, scriptNonce),
    // A form without a CSRF token is trusted by its Origin, and browsers send `Origin: null` under `no-referrer` (Fetch
    // standard, "append a request Origin header"). Other origins still receive no Referer.
    'referrer-policy': isOfApplication ? undefined : 'same-origin',
  });
}

function policyOf({ formsLeadTo, frames = [] }: PageReach, scriptNonce: string | undefined): string {
  const directives = [
    "default-src 'none'",
    `script-src ${scriptNonce === undefined ? "'none'" : `'nonce-${scriptNonce}'`}`,
    "style-src 'self'",
    "img-src 'self'",
    `form-action ${formActionSources(formsLeadTo).join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  if (frames.length > 0) directives.push(`frame-src ${frameSources(frames).join(' ')}`);
  return directives.join('; ');
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
