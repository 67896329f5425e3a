/** A scope for requests that come from pages as well as from programs: forms, JSON, and errors for either. */
import formbody from '@fastify/formbody';
import { envelopeErrorHandler } from '@gatehouse/service-kit/errors/render-envelope';
import { htmlErrorHandler } from '@gatehouse/service-kit/errors/render-html';
import type { App } from '@gatehouse/service-kit/http/app';
import type { FastifyRequest } from 'fastify';

/** Bodies may be wrapped in `data` or bare; nothing of this scope may be cached. */
export async function acceptFormsAndJson(scope: App): Promise<void> {
  await scope.register(formbody);
  scope.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  scope.addHook('preValidation', async (request) => {
    request.body = unwrapped(request.body);
  });
  scope.setErrorHandler((error, request, reply) =>
    isJson(request) ? envelopeErrorHandler(error, request, reply) : htmlErrorHandler(error, request, reply),
  );
}

/** Programs send JSON and read JSON; whatever else comes is a browser's. */
export function isJson(request: FastifyRequest): boolean {
  return /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
}

function unwrapped(body: unknown): unknown {
  const data = (body as { data?: unknown } | null | undefined)?.data;
  return typeof data === 'object' && data !== null ? data : (body ?? {});
}
