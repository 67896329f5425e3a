/** What a browser may do with our pages: load nothing from others, be framed by nobody, tell nobody where it was. */
import type { App } from '@gatehouse/service-kit/http/app-type';
import { formActionSources, frameSources } from './policy-sources.ts';

/** Of every answer; a page says more exactly what it may reach. */
export function securityHeaders(pages: App, publicUrl: string): void {
  const headers = {
    'content-security-policy': policyOf({}, undefined),
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    // The filters of old browsers made holes of their own.
    'x-xss-protection': '0',
    ...(publicUrl.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000' } : {}),
    // No cross-origin-opener-policy: applications open the sign-in page in a pop-up, and isolation would cut it off from
    // its opener for good.
  };
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

export function headersOfPage(reach: PageReach, scriptNonce: string): Record<string, string> {
  const isOfApplication = reach.formsLeadTo !== undefined || (reach.frames ?? []).length > 0;
  return {
    'content-security-policy': policyOf(reach, scriptNonce),
    // A form without a CSRF token is trusted by its Origin, and browsers send `Origin: null` under `no-referrer` (Fetch
    // standard, "append a request Origin header"). Other origins still learn nothing.
    ...(isOfApplication ? {} : { 'referrer-policy': 'same-origin' }),
  };
}

function policyOf({ formsLeadTo, frames = [] }: PageReach, scriptNonce: string | undefined): string {
  return [
    "default-src 'none'",
    `script-src ${scriptNonce === undefined ? "'none'" : `'nonce-${scriptNonce}'`}`,
    "style-src 'self'",
    "img-src 'self'",
    `form-action ${formActionSources(formsLeadTo).join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    ...(frames.length === 0 ? [] : [`frame-src ${frameSources(frames).join(' ')}`]),
  ].join('; ');
}
