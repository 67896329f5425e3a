/** What a browser may do with our pages: load nothing from others, be framed by nobody, tell nobody where it was. */
import helmet from '@fastify/helmet';
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { FastifyReply } from 'fastify';
import { formActionSources, frameSources } from './policy-sources.ts';

export async function securityHeaders(pages: App, publicUrl: string): Promise<void> {
  const isEncrypted = publicUrl.startsWith('https:');
  await pages.register(helmet, {
    enableCSPNonces: true,
    contentSecurityPolicy: { useDefaults: false, directives: directives(formActionSources(undefined)) },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: isEncrypted ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // Applications open the sign-in page in a pop-up; isolation would cut it off from its opener for good.
    crossOriginOpenerPolicy: false,
  });
}

/** What a page may reach beyond this origin. */
export interface PageReach {
  /** An address at the application that waits for the user. */
  formsLeadTo?: string | undefined;
  /** Addresses of applications that the page loads in frames. */
  frames?: readonly string[] | undefined;
}

export function allowReach(reply: FastifyReply, { formsLeadTo, frames = [] }: PageReach): void {
  const { script, style } = reply.cspNonce;
  reply.helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...directives(formActionSources(formsLeadTo), { script, style }),
        ...(frames.length === 0 ? {} : { 'frame-src': frameSources(frames) }),
      },
    },
  });
}

/**
 * A form without a CSRF token is trusted by its Origin, and browsers send `Origin: null` under `no-referrer` (Fetch
 * standard, "append a request Origin header"). Other origins still learn nothing.
 */
export function keepOriginOfForms(reply: FastifyReply): void {
  reply.header('referrer-policy', 'same-origin');
}

function directives(formAction: string[], nonces?: { script: string; style: string }) {
  return {
    'default-src': ["'none'"],
    'script-src': nonces ? [`'nonce-${nonces.script}'`] : [],
    'style-src': ["'self'", ...(nonces ? [`'nonce-${nonces.style}'`] : [])],
    'img-src': ["'self'"],
    'form-action': formAction,
    'frame-ancestors': ["'none'"],
    'base-uri': ["'none'"],
  };
}
