/** Everything that is mounted, in order. */

import { tellNonces } from '@gatehouse/caller-auth/sender-constraint/nonce-header';
import { createApp } from '@gatehouse/service-kit/http/app';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { enforceCors } from '@gatehouse/service-kit/http/cors';
import type { Caller } from './access/caller.ts';
import { apiKeyRoutes } from './api-keys/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { changeRoutes } from './changes/routes.ts';
import { checkRoutes } from './checks/routes.ts';
import { configServerRoutes } from './config-servers/routes.ts';
import { contactCenterRoutes } from './contact-centers/routes.ts';
import { corsRoutes, internalCorsRoutes } from './cors/routes.ts';
import type { Deps } from './deps.ts';
import { diagnosisRoutes } from './diagnosis/routes.ts';
import { environmentRoutes } from './environments/routes.ts';
import { estateRoutes } from './estate/routes.ts';
import { globalSettingRoutes } from './global-settings/routes.ts';
import { internalRoutes } from './internal/routes.ts';
import { locationRoutes } from './locations/routes.ts';
import { refineOpenapi } from './openapi/refinement.ts';
import { settingRoutes } from './settings/routes.ts';
import { internalSingleSignOnRoutes, singleSignOnRoutes } from './single-sign-on/routes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; set before the body is read. */
    caller: Caller;
  }
}

export async function buildApp(deps: Deps): Promise<App> {
  const { config, kit } = deps;
  const app = await createApp({
    ...kit,
    http: config.http,
    refineOpenapi,
    openapi: {
      title: 'Gatehouse Environment API',
      description:
        'Environments with their Configuration Servers, contact centres with their settings. Callers are the operator (HTTP Basic) or clients with a Bearer token of Auth API.',
      version: kit.version,
    },
  });
  await app.register(
    async (api: App) => {
      api.decorateRequest('caller');
      // First, because a preflight carries no credentials.
      enforceCors(api, {
        isAllowed: (origin) => deps.allowedOrigins.isAllowed(origin),
        // Callers prove themselves by a header, never by a cookie.
        methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
        requestHeaders: [
          'authorization',
          'content-type',
          'dpop',
          'if-match',
          'if-none-match',
          'idempotency-key',
          'x-request-id',
        ],
        answerHeaders: ['dpop-nonce', 'etag', 'retry-after', 'www-authenticate', 'x-request-id'],
        remedy: 'add it with POST /environment/v3/cors to the contact centre whose application it is',
      });
      tellNonces(api, deps);
      // Nothing below is open: no body is read and nothing is looked up before the caller is known.
      api.addHook('onRequest', async (request) => {
        request.caller = await deps.authenticate(request, request.ip);
      });
      environmentRoutes(api, deps);
      configServerRoutes(api, deps);
      checkRoutes(api, deps);
      contactCenterRoutes(api, deps);
      settingRoutes(api, deps);
      globalSettingRoutes(api, deps);
      apiKeyRoutes(api, deps);
      corsRoutes(api, deps);
      singleSignOnRoutes(api, deps);
      locationRoutes(api, deps);
      auditRoutes(api, deps);
      diagnosisRoutes(api, deps);
      await api.register(async (scope: App) => estateRoutes(scope, deps));
      await api.register(
        async (internal: App) => {
          internalRoutes(internal, deps);
          internalCorsRoutes(internal, deps);
          internalSingleSignOnRoutes(internal, deps);
          changeRoutes(internal, deps);
        },
        { prefix: '/internal' },
      );
    },
    { prefix: '/environment/v3' },
  );
  return app;
}
