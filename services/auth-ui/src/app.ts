/** Everything that is mounted, in order. */
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import { createApp } from '@gatehouse/service-kit/http/app';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { accountRoutes } from './account/routes.ts';
import { consentRoutes } from './consent/routes.ts';
import type { Deps } from './deps.ts';
import { assetRoutes } from './design/assets.ts';
import { deviceRoutes } from './device/routes.ts';
import { notFoundPage, pageErrorHandler } from './pages/error-page.ts';
import { securityHeaders } from './pages/security-headers.ts';
import { passwordChangeRoutes } from './password-change/routes.ts';
import { signInRoutes } from './sign-in/routes.ts';
import { signOutRoutes } from './sign-out/routes.ts';
import { signedInRoutes } from './signed-in/routes.ts';

export async function buildApp(deps: Deps): Promise<App> {
  const { config, kit } = deps;
  const app = await createApp({
    ...kit,
    http: config.http,
    openapi: { title: 'Gatehouse Auth UI', description: 'The pages that people see.', version: kit.version },
  });
  await app.register(
    async (pages: App) => {
      pages.setErrorHandler(pageErrorHandler);
      await pages.register(cookie);
      // Browsers send forms, and nothing else is read here.
      pages.removeAllContentTypeParsers();
      await pages.register(formbody);
      securityHeaders(pages, config.publicUrl);
      pages.setNotFoundHandler(notFoundPage);
      assetRoutes(pages, deps.assets);
      signInRoutes(pages, deps);
      passwordChangeRoutes(pages, deps);
      consentRoutes(pages, deps);
      accountRoutes(pages, deps);
      deviceRoutes(pages, deps);
      signedInRoutes(pages, deps);
      signOutRoutes(pages, deps);
    },
    { prefix: '/auth' },
  );
  return app;
}
