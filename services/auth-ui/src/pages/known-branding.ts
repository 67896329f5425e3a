/** Finds out how the pages look that no login tells it: as the contact centre of a person or of an application, or as the installation. */
import type { BrandedPlace } from '@gatehouse/api-client/auth-api';
import type { BrandingView } from '@gatehouse/contracts/environment-api';
import { AppError } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the login or the person that the request belongs to, as far as that is known; else of the installation. */
    knownBranding: BrandingView | undefined;
  }
}

/** Never rejects; `latest` asks nobody. */
export interface Brandings {
  of(place: BrandedPlace): Promise<BrandingView | undefined>;
  latest(): BrandingView | undefined;
}

/** Account pages ask for that of their person. */
const withoutTheme = /^\/auth\/(?:account|assets|console|health)(?:\/|$|\?)/;

/** A login brings its own branding: its pages must not wait for a second answer. */
export async function keepBranding(pages: App, brandings: Brandings): Promise<void> {
  pages.decorateRequest('knownBranding');
  // Also for errors before a page is chosen.
  pages.addHook('onRequest', (request, _reply, done) => {
    request.knownBranding = brandings.latest();
    done();
  });
  pages.addHook('preHandler', async (request) => {
    if (withoutTheme.test(request.url) || isOfLogin(request.query) || isOfLogin(request.body)) return;
    request.knownBranding = await brandings.of({});
  });
}

/**
 * A login that is over has no branding any more. The page that says so looks as that of its application, which everybody may
 * see who starts a sign-in there.
 */
export async function recordApplicationBranding(
  thrown: unknown,
  request: FastifyRequest,
  brandings: Brandings,
  clientId: string | undefined,
): Promise<void> {
  const isExpired = thrown instanceof AppError && thrown.name === 'interaction_expired';
  if (isExpired && clientId !== undefined) request.knownBranding = await brandings.of({ clientId });
}

function isOfLogin(fields: unknown): boolean {
  return (
    typeof fields === 'object' &&
    fields !== null &&
    'interaction' in fields &&
    fields.interaction !== undefined
  );
}
