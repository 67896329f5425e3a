/** Paths that there are, asked for by a method that they have not: 405 with the methods that they have (RFC 9110 section 15.5.6). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AppError, methodNotAllowed } from '../errors/app-error.ts';
import type { App } from './app-type.ts';
import { pathOf } from './path.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The routes of a path, of which the caller's method is none; undefined where there is nothing at all. */
    routesAt(path: string): RoutesAt | undefined;
  }
}

export interface RoutesAt {
  methods: readonly string[];
  /** Whose error handler speaks the format of these routes. */
  scope: App;
}

interface KnownRoutes {
  segments: readonly string[];
  methods: Set<string>;
  scope: App;
}

/** Call it before the first route. Costs nothing but where a request finds no route. */
export function knowRoutes(app: App): void {
  const known = new Map<string, KnownRoutes>();
  app.addHook('onRoute', function note(this: App, { url, method }) {
    const routes = known.get(url) ?? { segments: url.split('/'), methods: new Set(), scope: this };
    known.set(url, routes);
    for (const one of [method].flat()) routes.methods.add(one);
  });
  app.decorate('routesAt', (path) => {
    const segments = path.split('/');
    const [first, ...others] = [...known.values()].filter((routes) => matches(routes.segments, segments));
    if (first === undefined) return undefined;
    const methods = new Set([first, ...others].flatMap((routes) => [...routes.methods]));
    // Answered for pages of other origins alone.
    methods.delete('OPTIONS');
    return { methods: [...methods].sort(), scope: first.scope };
  });
}

/** Undefined where the path is none of ours at all; otherwise the answer has its `Allow`, and the error is to be told. */
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

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((segment, index) =>
      segment.startsWith(':') ? path[index] !== '' : segment === path[index],
    )
  );
}
