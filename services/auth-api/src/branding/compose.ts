/** Composes what pages show of a contact centre or of the installation, and the pictures on them. */
import type { App } from '@gatehouse/service-kit/http/app';
import { createAddressLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import type { Clients } from '../clients/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import type { Core } from '../core.ts';
import { createClientLogos } from './client-logos.ts';
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

export type Branding = ReturnType<typeof composeBranding>;

export function composeBranding(core: Core, { config, clients, contactCenters }: BrandingDependencies) {
  const { location, now, log, outbound } = core;
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
    views,
    clientLogos: createClientLogos({ environmentApi, outbound, log }),
    routes: async (app: App) => imageRoutes(app, { images }),
    internalRoutes: async (app: App) => internalBrandingRoutes(app, { views }),
  };
}
