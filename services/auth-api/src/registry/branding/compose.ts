/** Composes what pages show of a contact centre or of the installation, and the pictures on them. */
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { Clients } from '../clients/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import { createImages } from './images.ts';
import { imageRoutes, internalBrandingRoutes } from './routes.ts';
import { createBrandingViews } from './views.ts';

export type Branding = ServicesOf<typeof composeBranding>;

export function composeBranding(
  { now }: Core,
  dependencies: { clients: Clients; contactCenters: ContactCenters },
) {
  const { directory: clients } = dependencies.clients;
  const { environmentApi, installation, service: contactCenters } = dependencies.contactCenters;
  const views = createBrandingViews({ clients, contactCenters, installation, now });
  const images = createImages(environmentApi, now);
  return {
    services: { views },
    mounts: [
      ['anybody', '/auth/v3', (app) => imageRoutes(app, { images })],
      ['services', '', (app) => internalBrandingRoutes(app, { views })],
    ],
  } satisfies Domain;
}
