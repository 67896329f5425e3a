/** The table of contents of Auth API: every audience with its guards. The domains say what is mounted for it. */
import cookie from '@fastify/cookie';
import {
  type App,
  createApp,
  hideFromProxies,
  keepChosenLanguage,
  mountsOf,
} from '@gatehouse/service-kit/http';
import type { Deps } from './domains.ts';
import { opsAuthorisation } from './oauth/client-authentication/ops-matrix.ts';
import { refineOpenapi } from './openapi.ts';

const internal = '/auth/v3/internal';

export async function buildApp(deps: Deps): Promise<App> {
  const { config, kit } = deps;
  const app = await createApp({
    ...kit,
    proxyWatch: deps.diagnosis.proxyWatch,
    http: config.http,
    openapi: {
      title: 'Gatehouse Auth API',
      description: 'OAuth 2.0 and OpenID Connect, sign-in and sessions, client administration.',
      version: kit.version,
      host: 'login.example.com',
      refine: refineOpenapi,
    },
  });

  opsAuthorisation.requireRows(app);
  deps.refusals.observe(app);
  const mount = mountsOf(deps.domains);
  // Pages of allowed origins may call these; whoever calls proves it by a token or a secret.
  await app.register(async (crossOrigin: App) => {
    deps.cors.guard(crossOrigin);
    await mount(crossOrigin, 'pages of allowed origins');
    await crossOrigin.register(async (bound: App) => {
      deps.tokens.advertiseNonces(bound);
      await mount(bound, 'holders of tokens');
      await bound.register(async (browsers: App) => {
        await browsers.register(cookie);
        await mount(browsers, 'holders of tokens or cookies');
      });
    });
  });
  await app.register(async (operators: App) => {
    deps.cors.guardAdministration(operators);
    deps.tokens.advertiseNonces(operators);
    deps.clientAuthentication.guardAdministration(operators);
    await mount(operators, 'pages of operators');
  });
  await mount(app, 'anybody');
  // For the release before, whose services call here.
  if (config.internal.onPublicPort)
    await app.register(
      async (services: App) => {
        hideFromProxies(services);
        await mountInternal(services, deps);
      },
      { prefix: internal },
    );
  await app.register(async (operators: App) => {
    deps.clientAuthentication.guardAdministration(operators);
    await mount(operators, 'operators');
  });
  // Browsers: cookies tell who is there.
  await app.register(async (browsers: App) => {
    await browsers.register(cookie);
    keepChosenLanguage(browsers, config.publicUrl);
    browsers.decorateRequest('pageBranding', () => deps.branding.views.of({}));
    await mount(browsers, 'browsers');
    await browsers.register(async (withTokens: App) => {
      deps.cors.guardTokens(withTokens);
      deps.tokens.advertiseNonces(withTokens);
      await mount(withTokens, 'browsers with tokens');
    });
  });

  return app;
}

/** The second listener: only the services of this installation call it, directly. */
export async function buildInternalApp(deps: Deps): Promise<App> {
  const { config, kit } = deps;
  const app = await createApp({
    ...kit,
    http: { ...config.http, trustedProxies: [] },
    openapi: {
      title: 'Gatehouse Auth API, for the services of the installation',
      description: 'What the services ask each other; it may change with any release.',
      version: kit.version,
      host: 'auth-api-internal',
    },
  });
  await app.register((services: App) => mountInternal(services, deps), { prefix: internal });
  return app;
}

async function mountInternal(services: App, deps: Deps): Promise<void> {
  deps.clients.serviceCallers.guard(services);
  await mountsOf(deps.domains)(services, 'services');
}
