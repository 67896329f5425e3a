/** What is mounted, in order: the table of contents of Auth API. */
import { type App, createApp } from '@gatehouse/service-kit/http/app';
import { clientRoutes } from './clients/routes.ts';
import type { Deps } from './deps.ts';

export async function buildApp(deps: Deps): Promise<App> {
  const { config, kit } = deps;
  const app = await createApp({
    log: kit.log,
    metrics: kit.metrics,
    http: config.http,
    drain: kit.drain,
    openapi: {
      title: 'Gatehouse Auth API',
      description: 'OAuth 2.0 and OpenID Connect, sign-in and sessions, client administration.',
      version: kit.version,
    },
  });

  await app.register(async (scope: App) =>
    clientRoutes(scope, { ...deps, compatEnabled: config.compat.enabled }),
  );

  return app;
}
