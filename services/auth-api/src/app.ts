/** The table of contents of Auth API: every mount with its prefix, in order. */
import cookie from '@fastify/cookie';
import { type App, createApp } from '@gatehouse/service-kit/http/app';
import { keepChosenLanguage } from '@gatehouse/service-kit/http/chosen-language';
import { hideFromProxies } from '@gatehouse/service-kit/http/internal';
import type { Deps } from './deps.ts';
import { refineOpenapi } from './openapi.ts';

const api = '/auth/v3';
const oauth = `${api}/oauth`;
const sso = `${api}/sso`;
const ops = `${api}/ops`;
const internal = `${api}/internal`;

export async function buildApp(deps: Deps): Promise<App> {
  const { config, kit } = deps;
  const app = await createApp({
    log: kit.log,
    metrics: kit.metrics,
    tracing: kit.tracing,
    http: config.http,
    drain: kit.drain,
    proxyWatch: deps.admin.proxyWatch,
    describesApi: kit.describesApi,
    openapi: {
      title: 'Gatehouse Auth API',
      description: 'OAuth 2.0 and OpenID Connect, sign-in and sessions, client administration.',
      version: kit.version,
      host: 'login.example.com',
      refine: refineOpenapi,
    },
  });

  // Pages of allowed origins may call these; whoever calls proves it by a token or a secret.
  await app.register(async (crossOrigin: App) => {
    deps.cors.guard(crossOrigin);
    if (deps.registration.isOffered || kit.describesApi)
      await crossOrigin.register(deps.registration.routes, { prefix: oauth });
    await crossOrigin.register(async (bound: App) => {
      deps.tokens.tellNonces(bound);
      await bound.register(deps.token.routes, { prefix: oauth });
      await bound.register(deps.authorize.pushRoutes, { prefix: oauth });
      await bound.register(deps.userInfo.jwtRoutes, { prefix: api });
      await bound.register(deps.userInfo.routes, { prefix: api });
      await bound.register(deps.sso.authSchemeRoutes, { prefix: api });
      await bound.register(async (browsers: App) => {
        await browsers.register(cookie);
        await browsers.register(deps.sessions.routes, { prefix: api });
        await browsers.register(deps.consents.ownRoutes, { prefix: api });
      });
    });
  });
  await app.register(async (operators: App) => {
    deps.cors.guardAdministration(operators);
    deps.tokens.tellNonces(operators);
    deps.clientAuthentication.guardAdministration(operators);
    await operators.register(deps.admin.clientRoutes, { prefix: `${ops}/clients` });
  });
  // Confidential clients only: no page calls it.
  await app.register(deps.backchannel.routes, { prefix: oauth });
  await app.register(deps.discovery.routes);
  await app.register(deps.branding.routes, { prefix: api });
  await app.register(deps.sso.backchannelLogoutRoutes, { prefix: sso });
  await app.register(deps.sso.jwksRoutes, { prefix: sso });
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
    await operators.register(deps.admin.administratorRoutes, { prefix: `${ops}/administrators` });
    await operators.register(deps.admin.ssoRoutes, { prefix: ops });
    await operators.register(deps.admin.helpDeskRoutes, { prefix: ops });
    await operators.register(deps.admin.peopleRoutes, { prefix: `${ops}/people` });
    await operators.register(deps.admin.environmentRoutes, { prefix: `${ops}/environments` });
    await operators.register(deps.admin.signingKeyRoutes, { prefix: `${ops}/signing-keys` });
    await operators.register(deps.admin.signalRoutes, { prefix: `${ops}/signal-receivers` });
    await operators.register(deps.admin.consoleLinkRoutes, { prefix: `${ops}/console-links` });
    await operators.register(deps.admin.diagnosisRoutes);
    await operators.register(deps.admin.overviewRoutes);
    await operators.register(deps.admin.auditRoutes, { prefix: `${ops}/audit` });
  });
  // Browsers: cookies tell who is there.
  await app.register(async (browsers: App) => {
    await browsers.register(cookie);
    keepChosenLanguage(browsers, config.publicUrl);
    browsers.decorateRequest('pageBranding', () => deps.branding.views.of({}));
    await browsers.register(deps.authorize.deviceRoutes, { prefix: oauth });
    await browsers.register(deps.authorize.routes, { prefix: oauth });
    await browsers.register(deps.consents.routes, { prefix: oauth });
    await browsers.register(deps.logout.routes, { prefix: oauth });
    await browsers.register(deps.signIn.routes, { prefix: api });
    await browsers.register(deps.signIn.firstPasswordRoutes, { prefix: api });
    await browsers.register(deps.approvals.routes, { prefix: api });
    await browsers.register(deps.sso.startRoutes, { prefix: sso });
    await browsers.register(deps.sso.samlRoutes);
    await browsers.register(deps.sso.logoutRoutes);
    await browsers.register(deps.sso.oidcRoutes);
    await browsers.register(async (withTokens: App) => {
      deps.cors.guardTokens(withTokens);
      deps.tokens.tellNonces(withTokens);
      await withTokens.register(deps.signIn.changePasswordRoutes, { prefix: api });
      await withTokens.register(deps.logout.signOutRoutes, { prefix: api });
    });
  });

  return app;
}

/** The second listener: only the services of this installation call it, directly. */
export async function buildInternalApp(deps: Deps): Promise<App> {
  const { config, kit } = deps;
  const app = await createApp({
    log: kit.log,
    metrics: kit.metrics,
    tracing: kit.tracing,
    http: { ...config.http, trustedProxies: [] },
    drain: kit.drain,
    describesApi: kit.describesApi,
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
  await services.register(deps.interactions.internalRoutes);
  await services.register(deps.branding.internalRoutes);
  await services.register(deps.signIn.internalRoutes);
  await services.register(deps.logout.internalRoutes);
  await services.register(deps.sso.internalRoutes);
  await services.register(deps.token.internalRoutes);
  await services.register(deps.admin.internalRoutes);
}
