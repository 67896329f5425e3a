/** What is mounted, in order: the table of contents of Auth API. */

import cookie from '@fastify/cookie';
import { tellNonces } from '@gatehouse/caller-auth/sender-constraint/nonce-header';
import { type App, createApp } from '@gatehouse/service-kit/http/app';
import { auditRoutes } from './admin/audit-routes.ts';
import { clientRoutes } from './admin/client-routes.ts';
import { diagnosisRoutes } from './admin/diagnosis-routes.ts';
import { signingKeyRoutes } from './admin/signing-key-routes.ts';
import { ssoAdministrationRoutes } from './admin/sso-routes.ts';
import { authorizeRoutes } from './authorize/authorize-routes.ts';
import { deviceRoutes } from './authorize/device-routes.ts';
import { pushRoutes } from './authorize/push-routes.ts';
import { consentRoutes } from './consents/routes.ts';
import { guardOrigins } from './cors/guard.ts';
import type { Deps } from './deps.ts';
import { discoveryRoutes } from './discovery/discovery-routes.ts';
import { interactionRoutes } from './interactions/routes.ts';
import { logoutRoutes } from './logout/end-session-routes.ts';
import { logoutViewRoutes } from './logout/internal-routes.ts';
import { signOutRoutes } from './logout/sign-out-routes.ts';
import { registrationRoutes } from './registration/routes.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { changePasswordRoutes } from './sign-in/change-password-routes.ts';
import { signInRoutes } from './sign-in/routes.ts';
import { authSchemeRoutes } from './sso/auth-scheme-routes.ts';
import { ssoJwksRoutes } from './sso/jwks-routes.ts';
import { backchannelLogoutRoutes, providerLogoutRoutes } from './sso/logout-routes.ts';
import { oidcCallbackRoutes } from './sso/oidc/routes.ts';
import { samlRoutes } from './sso/saml/routes.ts';
import { ssoStartRoutes } from './sso/start-routes.ts';
import { grantTypes } from './token/grants/index.ts';
import { oauthRoutes } from './token/routes.ts';
import { userJwtRoutes } from './userinfo/user-jwt-routes.ts';
import { userinfoRoutes } from './userinfo/userinfo-routes.ts';

export async function buildApp(deps: Deps): Promise<App> {
  const { config, kit } = deps;
  const app = await createApp({
    log: kit.log,
    metrics: kit.metrics,
    tracing: kit.tracing,
    http: config.http,
    drain: kit.drain,
    describesApi: kit.describesApi,
    openapi: {
      title: 'Gatehouse Auth API',
      description: 'OAuth 2.0 and OpenID Connect, sign-in and sessions, client administration.',
      version: kit.version,
    },
  });

  const { publicUrl } = config;
  // Programs: credentials in the request, no cookies.
  await app.register(async (scope: App) => {
    guardOrigins(scope, deps.allowedOrigins);
    tellNonces(scope, deps);
    await oauthRoutes(scope, deps);
  });
  await app.register(async (scope: App) => {
    guardOrigins(scope, deps.allowedOrigins);
    tellNonces(scope, deps);
    await pushRoutes(scope, deps);
  });
  await app.register(async (scope: App) => {
    guardOrigins(scope, deps.allowedOrigins);
    tellNonces(scope, deps);
    userJwtRoutes(scope, deps);
  });
  const offersRegistration = config.registration.initialAccessToken !== undefined;
  if (offersRegistration || kit.describesApi) {
    await app.register(async (scope: App) => {
      guardOrigins(scope, deps.allowedOrigins);
      registrationRoutes(scope, deps);
    });
  }
  await app.register(async (scope: App) =>
    discoveryRoutes(scope, {
      issuer: deps.issuer,
      grantTypes,
      signingKeys: () => deps.signingKeys.keys.all,
      offers: {
        requiresPushed: config.authorization.requirePushed,
        registration: offersRegistration,
        certificates: config.http.tls.clientCertificates || config.mtls.header !== undefined,
        mtlsUrl: config.mtls.url,
      },
    }),
  );
  await app.register(async (scope: App) => interactionRoutes(scope, deps));
  await app.register(async (scope: App) => backchannelLogoutRoutes(scope, deps));
  await app.register(async (scope: App) => ssoAdministrationRoutes(scope, deps));
  await app.register(async (scope: App) => ssoJwksRoutes(scope, deps));
  await app.register(async (scope: App) => logoutViewRoutes(scope, deps));
  await app.register(async (scope: App) => {
    guardOrigins(scope, deps.allowedOrigins);
    tellNonces(scope, deps);
    clientRoutes(scope, { ...deps, compatEnabled: config.compat.enabled });
  });
  await app.register(async (scope: App) => signingKeyRoutes(scope, deps));
  await app.register(async (scope: App) => diagnosisRoutes(scope, deps));
  await app.register(async (scope: App) => auditRoutes(scope, deps));
  // Browsers: cookies tell who is there.
  await app.register(async (browsers: App) => {
    await browsers.register(cookie);
    await browsers.register(async (scope: App) => deviceRoutes(scope, { ...deps, publicUrl }));
    await browsers.register(async (scope: App) => authorizeRoutes(scope, { ...deps, publicUrl }));
    await browsers.register(async (scope: App) => consentRoutes(scope, deps));
    await browsers.register(async (scope: App) => {
      guardOrigins(scope, deps.allowedOrigins);
      tellNonces(scope, deps);
      await userinfoRoutes(scope, deps);
    });
    await browsers.register(async (scope: App) => logoutRoutes(scope, { ...deps, publicUrl }));
    await browsers.register(async (scope: App) => signInRoutes(scope, deps));
    await browsers.register(async (scope: App) => authSchemeRoutes(scope, deps));
    await browsers.register(async (scope: App) => ssoStartRoutes(scope, deps));
    await browsers.register(async (scope: App) => samlRoutes(scope, deps));
    await browsers.register(async (scope: App) => providerLogoutRoutes(scope, deps));
    await browsers.register(async (scope: App) => oidcCallbackRoutes(scope, { ...deps, publicUrl }));
    await browsers.register(async (scope: App) => changePasswordRoutes(scope, { ...deps, publicUrl }));
    await browsers.register(async (scope: App) => {
      guardOrigins(scope, deps.allowedOrigins);
      tellNonces(scope, deps);
      sessionRoutes(scope, { ...deps, publicUrl });
    });
    await browsers.register(async (scope: App) => signOutRoutes(scope, { ...deps, publicUrl }));
  });

  return app;
}
