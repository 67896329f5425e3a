/** The table of contents of Environment API: every audience with its guards. The domains say what is mounted for it. */
import { advertiseNonces } from '@gatehouse/caller-auth/sender-constraint';
import { envelopeErrorHandler } from '@gatehouse/service-kit/errors';
import {
  type App,
  answerInteractionIds,
  createApp,
  hideFromProxies,
  mountsOf,
} from '@gatehouse/service-kit/http';
import { admitCallers } from './access/admission.ts';
import { authorisation, base } from './access/matrix.ts';
import type { Deps } from './domains.ts';
import { refineOpenapi } from './openapi/refinement.ts';
import { scimErrorHandler } from './scim/errors.ts';

const internal = `${base}/internal`;
const scimBase = `${base}/contact-centers/:id/scim/v2`;
const belowScimBase = new RegExp(`^${scimBase.replace(':id', '[^/]+')}(?:/|$)`);

export async function buildApp(deps: Deps): Promise<App> {
  const { config, kit, access, cors } = deps;
  const app = await createApp({
    ...kit,
    proxyWatch: deps.diagnosis.proxyWatch,
    http: config.http,
    errorHandlerAt: (path) => (belowScimBase.test(path) ? scimErrorHandler : envelopeErrorHandler),
    openapi: {
      title: 'Gatehouse Environment API',
      description:
        'Environments with their Configuration Servers, contact centres with their settings. Callers are the operator (HTTP Basic) or clients with a Bearer token of Auth API.',
      version: kit.version,
      host: 'login.example.com',
      refine: refineOpenapi,
    },
  });
  authorisation.requireRows(app, (path) => config.internal.onPublicPort || !isInternal(path));
  const mount = mountsOf(deps.domains);
  await mount(app, 'anybody');
  await app.register(
    async (api: App) => {
      answerInteractionIds(api);
      cors.guard(api);
      advertiseNonces(api, access);
      access.advertise(api);
      admitCallers(api, access.admission);
      await mount(api, 'callers');
    },
    { prefix: base },
  );
  // The routes of SCIM have guards of their own: they take SCIM keys as well.
  await app.register(
    async (scim: App) => {
      cors.guard(scim);
      access.advertise(scim);
      await mount(scim, 'provisioners');
    },
    { prefix: scimBase },
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
  await mountsOf(deps.domains)(services, 'services');
}
