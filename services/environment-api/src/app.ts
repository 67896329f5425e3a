/** Mounts every route of Environment API, with the guards of each scope. */

import { tellNonces } from '@gatehouse/caller-auth/sender-constraint/dpop-proof';
import { type App, createApp, enforceCors, hideFromProxies } from '@gatehouse/service-kit/http';
import { admitCallers } from './access/admission.ts';
import { authorisation, base } from './access/matrix.ts';
import type { Deps } from './deps.ts';
import { refineOpenapi } from './openapi/refinement.ts';

const internal = `${base}/internal`;

const corsOptions = {
  // Credentials are not allowed: callers authenticate by a header, never by a cookie.
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  requestHeaders: [
    'authorization',
    'content-type',
    'dpop',
    'if-match',
    'if-none-match',
    'idempotency-key',
    'x-api-key',
    'x-request-id',
  ],
  // A manager adds origins. They let pages read the data of the contact centre, not change it.
  methodsOfTenants: ['GET', 'HEAD'],
  answerHeaders: ['dpop-nonce', 'etag', 'retry-after', 'www-authenticate', 'x-request-id'],
  remedy:
    'add it with POST /environment/v3/cors to the contact centre whose application it is; pages that write need the global setting cors-origins',
};

export async function buildApp(deps: Deps): Promise<App> {
  const { config, kit, access } = deps;
  const app = await createApp({
    ...kit,
    proxyWatch: deps.diagnosis.proxyWatch,
    http: config.http,
    openapi: {
      title: 'Gatehouse Environment API',
      description:
        'Environments with their Configuration Servers, contact centres with their settings. Callers are the operator (HTTP Basic) or clients with a Bearer token of Auth API.',
      version: kit.version,
      host: 'environments.example.com',
      refine: refineOpenapi,
    },
  });
  authorisation.requireRows(app, (path) => config.internal.onPublicPort || !isInternal(path));
  await app.register(access.resource.routes);
  await app.register(
    async (api: App) => {
      // Before authentication, because a preflight carries no credentials.
      enforceCors(api, { ...corsOptions, origins: deps.cors.allowedOrigins });
      tellNonces(api, access);
      access.resource.advertise(api);
      admitCallers(api, access.admission);
      await api.register(deps.environments.routes, { prefix: '/environments' });
      await api.register(deps.configServers.routes, { prefix: '/environments/:id/config-servers' });
      await api.register(deps.checks.routes, { prefix: '/environments/:id/check' });
      await api.register(deps.contactCenters.routes, { prefix: '/contact-centers' });
      await api.register(deps.people.routes, { prefix: '/contact-centers/:id/people' });
      await api.register(deps.settings.routes, { prefix: '/contact-centers/:id/settings' });
      await api.register(deps.globalSettings.routes, { prefix: '/settings' });
      await api.register(deps.apiKeys.routes, { prefix: '/contact-centers/:id/api-keys' });
      await api.register(deps.apiKeys.ownerRoutes, { prefix: '/api-keys' });
      await api.register(deps.cors.routes, { prefix: '/cors' });
      await api.register(deps.singleSignOn.routes, { prefix: '/contact-centers/:id' });
      await api.register(deps.branding.routes, { prefix: '/contact-centers/:id/branding' });
      await api.register(deps.branding.globalRoutes, { prefix: '/branding' });
      await api.register(deps.locations.routes, { prefix: '/locations' });
      await api.register(deps.audit.routes, { prefix: '/audit' });
      await api.register(deps.diagnosis.routes, { prefix: '/diagnosis' });
      await api.register(deps.overview.routes, { prefix: '/overview' });
      await api.register(deps.importExport.exportRoutes, { prefix: '/export' });
      await api.register(deps.importExport.importRoutes, { prefix: '/import' });
    },
    { prefix: base },
  );
  await app.register(
    async (scim: App) => {
      enforceCors(scim, { ...corsOptions, origins: deps.cors.allowedOrigins });
      access.resource.advertise(scim);
      await scim.register(deps.scim.routes);
    },
    { prefix: `${base}/contact-centers/:id/scim/v2` },
  );
  // For the release before, whose Auth API calls here.
  if (config.internal.onPublicPort)
    await app.register(
      async (services: App) => {
        hideFromProxies(services);
        await mountInternal(services, deps);
      },
      { prefix: internal },
    );
  return app;
}

/** The second listener: only Auth API calls it, directly. */
export async function buildInternalApp(deps: Deps): Promise<App> {
  const { config, kit } = deps;
  const app = await createApp({
    ...kit,
    http: { ...config.http, trustedProxies: [] },
    openapi: {
      title: 'Gatehouse Environment API, for the services of the installation',
      description: 'What the services ask each other; it may change with any release.',
      version: kit.version,
      host: 'environment-api-internal',
      refine: refineOpenapi,
    },
  });
  authorisation.requireRows(app, isInternal);
  await app.register((services: App) => mountInternal(services, deps), { prefix: internal });
  return app;
}

function isInternal(path: string): boolean {
  return path.startsWith('/internal/');
}

async function mountInternal(services: App, deps: Deps): Promise<void> {
  admitCallers(services, deps.access.serviceAdmission);
  await services.register(deps.internal.routes);
  await services.register(deps.personNumbers.internalRoutes, {
    prefix: '/environments/:id/person-numbers',
  });
  await services.register(deps.people.internalRoutes, { prefix: '/environments/:id/people' });
  await services.register(deps.people.internalLinkRoutes, { prefix: '/password-links' });
  await services.register(deps.cors.internalRoutes, { prefix: '/cors' });
  await services.register(deps.singleSignOn.internalRoutes, {
    prefix: '/contact-centers/:id/single-sign-on',
  });
  await services.register(deps.branding.internalRoutes, { prefix: '/branding' });
  await services.register(deps.images.internalRoutes);
  await services.register(deps.changes.internalRoutes, { prefix: '/changes' });
}
