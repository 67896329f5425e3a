/** The path of a request for logs and messages: of routes with a secret in it, their pattern. */
import type { FastifyRequest } from 'fastify';
import type { App } from './app-type.ts';
import { pathOf } from './path.ts';

declare module 'fastify' {
  interface FastifyInstance {
    shownPathOf: ShownPathOf;
  }
}

type ShownPathOf = (request: FastifyRequest) => string;

/** `config` of a route with a secret in its path. */
interface PathHiding {
  hidesPath?: boolean;
}

/** Call it before the first route. */
export function hidePaths(app: App): void {
  /** By what is the same in all paths of the route: with a slash too many or by another method it is a secret as well. */
  const hidden = new Map<string, string>();
  app.addHook('onRoute', ({ url, config }) => {
    if ((config as PathHiding | undefined)?.hidesPath) hidden.set(url.replace(/:.*/, ''), url);
  });
  app.decorate('shownPathOf', ({ url, routeOptions, is404 }) => {
    if ((routeOptions.config as PathHiding).hidesPath) return routeOptions.url ?? 'unknown';
    const path = pathOf(url);
    const near = is404 ? [...hidden].find(([beginning]) => path.startsWith(beginning)) : undefined;
    return near?.[1] ?? path;
  });
}
