/** Gives the pages that belong to no login the look of the installation. */
import type { BrandingView } from '@gatehouse/contracts/environment-api/branding';
import type { App } from '@gatehouse/service-kit/http/app-type';

/** Never rejects; `latest` asks nobody. */
export interface InstallationLook {
  current(): Promise<BrandingView | undefined>;
  latest(): BrandingView | undefined;
}

const withoutLook = /^\/auth\/(?:assets|console|health)(?:\/|$|\?)/;

/** A login brings its own branding: its pages must not wait for a second answer. */
export async function keepLook(pages: App, installation: InstallationLook): Promise<void> {
  pages.decorateRequest('installationBranding');
  // Also for errors before a page is chosen.
  pages.addHook('onRequest', (request, _reply, done) => {
    request.installationBranding = installation.latest();
    done();
  });
  pages.addHook('preHandler', async (request) => {
    if (withoutLook.test(request.url) || isOfLogin(request.query) || isOfLogin(request.body)) return;
    request.installationBranding = await installation.current();
  });
}

function isOfLogin(fields: unknown): boolean {
  return (
    typeof fields === 'object' &&
    fields !== null &&
    'interaction' in fields &&
    fields.interaction !== undefined
  );
}
