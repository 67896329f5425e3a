/** Shows the OpenAPI documents of both APIs in a viewer that makes calls, and passes these on to the public host. */
import type { IncomingHttpHeaders } from 'node:http';
import { fileURLToPath } from 'node:url';
import proxy from '@fastify/http-proxy';
import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { PlaygroundOptions } from './options.ts';
import { type Api, apiPage, apis } from './pages/api.ts';
import type { Page } from './pages/layout.ts';

const viewer = fileURLToPath(new URL('.', import.meta.resolve('swagger-ui-dist/package.json')));
const viewerFiles = new Set(['/swagger-ui.css', '/swagger-ui-bundle.js']);

/** A program would not send them, and a request of a page of the playground must not count as one of a page of the public host. */
const droppedHeaders = /^(?:cookie|origin|referer|sec-.*)$/;

export async function serveApis(
  app: FastifyInstance,
  options: PlaygroundOptions,
  show: (reply: FastifyReply, page: Page) => FastifyReply,
): Promise<void> {
  app.get('/api', (_request, reply) => reply.redirect('/api/auth'));
  app.get<{ Params: { name: string } }>('/api/:name', (request, reply) => {
    const api = apis.find(({ name }) => name === request.params.name);
    return api === undefined ? reply.callNotFound() : show(reply, apiPage(api, options));
  });
  await app.register(staticFiles, {
    root: viewer,
    prefix: '/assets/viewer/',
    decorateReply: false,
    allowedPath: (path) => viewerFiles.has(path),
  });
  await passCallsOn(app, options.issuerOrigin);
}

/** The APIs let only pages of registered origins call. The origin of `app` is none, so the calls of its pages go through it. */
export async function passCallsOn(app: FastifyInstance, issuerOrigin: string): Promise<void> {
  await app.register(async (scope) => {
    // Bodies pass through as they are.
    scope.removeAllContentTypeParsers();
    for (const api of apis) await scope.register(proxy, passedOn(api, issuerOrigin));
  });
}

function passedOn({ base }: Api, issuerOrigin: string) {
  return {
    prefix: base,
    rewritePrefix: base,
    upstream: issuerOrigin,
    retryMethods: [],
    replyOptions: {
      rewriteRequestHeaders: (_request: unknown, headers: IncomingHttpHeaders) =>
        Object.fromEntries(Object.entries(headers).filter(([name]) => !droppedHeaders.test(name))),
      rewriteHeaders: ({ 'set-cookie': _, ...headers }: IncomingHttpHeaders) => headers,
    },
  };
}
