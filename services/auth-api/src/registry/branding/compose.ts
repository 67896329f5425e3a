/** Composes what pages show of a contact centre or of the installation, and the pictures on them. */
import { createAddressLimiter } from '@gatehouse/service-kit/limits';
import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import type { Clients } from '../clients/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import { createImages } from './images.ts';
import { imageRoutes, internalBrandingRoutes } from './routes.ts';
import { createBrandingViews } from './views.ts';

interface BrandingDependencies {
  config: { environmentApi: { staleMaxSeconds: number } };
  clients: Clients;
  contactCenters: ContactCenters;
}

/** Unknown pictures that one address may ask for within a minute; known ones do not count. */
const missesPerMinute = 100;

export type Branding = ServicesOf<typeof composeBranding>;

export function composeBranding(core: Core, { config, clients, contactCenters }: BrandingDependencies) {
  const { location, now } = core;
  const { environmentApi, environmentApiState, service } = contactCenters;
  const views = createBrandingViews({
    clients: clients.directory,
    contactCenters: service,
    environmentApi,
    location,
    staleMaxMs: config.environmentApi.staleMaxSeconds * 1000,
    owner: environmentApiState,
    now,
  });
  const misses = createAddressLimiter({ attempts: missesPerMinute, windowMs: 60_000, now });
  const images = createImages({ environmentApi, misses });
  return {
    services: { views },
    mounts: [
      ['anybody', '/auth/v3', (app) => imageRoutes(app, { images })],
      ['services', '', (app) => internalBrandingRoutes(app, { views })],
    ],
    follows: { copies: { change: views.applyChange, gap: views.applyGap } },
  } satisfies Domain;
}
