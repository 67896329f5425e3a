/** The table of contents of Auth UI: where pages are, and what every page needs. `domains.ts` lists the pages. */
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import {
  type App,
  createApp,
  createProxyWatch,
  keepChosenLanguage,
  mountsOf,
} from '@gatehouse/service-kit/http';
import { assetRoutes } from './design/assets.ts';
import { brandStyleRoutes } from './design/brand-styles.ts';
import type { Deps } from './domains.ts';
import { notFoundPage, pageErrorHandler } from './pages/error-page.ts';
import { keepBranding, recordApplicationBranding } from './pages/known-branding.ts';
import { securityHeaders } from './pages/security-headers.ts';
import { applicationOf } from './pages/waiting-applications.ts';

export async function buildApp(deps: Deps): Promise<App> {
  const { config, kit } = deps;
  const app = await createApp({
    ...kit,
    proxyWatch: createProxyWatch(kit),
    http: config.http,
    openapi: {
      title: 'Gatehouse Auth UI',
      description: 'The pages that people see.',
      version: kit.version,
      host: 'login.example.com',
    },
  });
  const mount = mountsOf([deps.pages]);
  // The address of the host alone: every other path outside `/auth` keeps its error in JSON.
  await app.register(
    async (pages: App) => {
      await registerPagePlugins(pages, deps);
      await mount(pages, 'front page');
    },
    { prefix: '/' },
  );
  await app.register(
    async (pages: App) => {
      await registerPagePlugins(pages, deps);
      pages.setNotFoundHandler(notFoundPage);
      // With the prefix this is `/auth` and `/auth/`.
      pages.get('/', { schema: { hide: true } }, async (_request, reply) =>
        reply.redirect('/auth/sign-in.html'),
      );
      await pages.register(assetRoutes, { prefix: '/assets' });
      await pages.register(brandStyleRoutes, { prefix: '/assets/brand' });
      await mount(pages, 'pages');
    },
    { prefix: '/auth' },
  );
  return app;
}

/** Error pages, cookies, forms, security headers, branding and language: what every page needs. */
async function registerPagePlugins(pages: App, { config: { publicUrl }, brandings }: Deps): Promise<void> {
  pages.setErrorHandler(async (thrown, request, reply) => {
    const { clientId, start } = applicationOf(request, publicUrl);
    await recordApplicationBranding(thrown, request, brandings, clientId);
    return pageErrorHandler(thrown, request, reply, start);
  });
  await pages.register(cookie);
  // Browsers send forms; no other content type is accepted.
  pages.removeAllContentTypeParsers();
  await pages.register(formbody);
  securityHeaders(pages, publicUrl);
  await keepBranding(pages, brandings);
  keepChosenLanguage(pages, publicUrl);
}
