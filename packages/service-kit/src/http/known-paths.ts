/**
 * Knows every path that has a route: answers other methods by 405 (RFC 9110 section 15.5.6) and keeps secrets in paths out
 * of logs and messages.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, badRequest, methodNotAllowed } from '../errors/app-error.ts';
import { envelopeErrorHandler } from '../errors/render-envelope.ts';
import type { App } from './app-type.ts';
import { requestIdHeader } from './correlation.ts';
import { pathOf } from './plain-paths.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Returns the routes of a path whatever their method; undefined where there is none. */
    routesAt(path: string): RoutesAt | undefined;
    /** Returns the path of a request for logs and messages, without what may be a secret. */
    shownPathOf(request: FastifyRequest): string;
  }
}

export interface RoutesAt {
  methods: readonly string[];
  /** The scope whose error handler writes the format of these routes. */
  scope: App;
}

interface KnownRoutes {
  segments: readonly string[];
  methods: Set<string>;
  scope: App;
}

/** Gives the form of an answer to an address that the router refuses. The handler gets a request that no hook has seen. */
export type ErrorHandlerAt = (path: string) => typeof envelopeErrorHandler;

/** `config` of a route with a secret in its path. */
interface PathHiding {
  hidesPath?: boolean;
}

/** Call it before the first route. */
export function hidePaths(app: App): void {
  /** Of a path without a route only these are shown: wherever a caller puts a secret by mistake, it is none of them. */
  const words = new Set<string>();
  app.addHook('onRoute', ({ url }) => {
    for (const segment of url.split('/')) if (!segment.includes(':')) words.add(segment);
  });
  app.decorate('shownPathOf', ({ url, routeOptions, is404 }) => {
    if ((routeOptions.config as PathHiding).hidesPath) return routeOptions.url ?? 'unknown';
    const path = pathOf(url);
    if (!is404) return path;
    return path.replace(/[^/]+/g, (segment) => (words.has(segment) ? segment : '*'));
  });
}

/** Call it before the first route. */
export function knowRoutes(app: App): void {
  const known = new Map<string, KnownRoutes>();
  app.addHook('onRoute', function recordRoute(this: App, { url, method }) {
    const routes = known.get(url) ?? { segments: url.split('/'), methods: new Set(), scope: this };
    known.set(url, routes);
    for (const one of [method].flat()) routes.methods.add(one);
  });
  app.decorate('routesAt', (path) => {
    const segments = path.split('/');
    const [first, ...others] = [...known.values()].filter((routes) => matches(routes.segments, segments));
    if (first === undefined) return undefined;
    const methods = new Set([first, ...others].flatMap((routes) => [...routes.methods]));
    // OPTIONS is there for CORS preflights alone.
    methods.delete('OPTIONS');
    return { methods: [...methods].sort(), scope: first.scope };
  });
}

/** Returns the error to render and sets `Allow`; undefined where the path has no route. */
export function wrongMethod(
  request: FastifyRequest,
  reply: FastifyReply,
): { error: AppError; scope: App } | undefined {
  const routes = request.server.routesAt(pathOf(request.url));
  if (routes === undefined) return undefined;
  const allow = routes.methods.join(', ');
  reply.header('allow', allow);
  return { error: methodNotAllowed(request.method, allow), scope: routes.scope };
}

/** Answers an address that the router itself refuses, before any hook runs, without repeating the address. */
export const refuseAddress =
  (errorHandlerAt: ErrorHandlerAt = () => envelopeErrorHandler) =>
  ({ code }: { code: string }, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error =
      code === 'FST_ERR_MAX_PARAM_LENGTH'
        ? new AppError('uri_too_long', 414, 'A part of the address is too long')
        : badRequest(
            'The address is no valid URL, or its path is not spelled plainly: leave letters, digits, "-", ".", "_" and "~" as they are, encode nothing twice, use no backslash and no segment "." or "..", and send no scheme, host or fragment with it',
          );
    reply.header(requestIdHeader, request.id).header('x-content-type-options', 'nosniff');
    // The address as it came: `rewriteUrl` has replaced one with a second spelling.
    return errorHandlerAt(pathOf(request.originalUrl))(error, request, reply);
  };

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((segment, index) =>
      segment.startsWith(':') ? path[index] !== '' : segment === path[index],
    )
  );
}
