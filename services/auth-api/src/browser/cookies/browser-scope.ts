/** Prepares a scope whose requests come from pages and from programs: forms and JSON, with errors for either. */
import formbody from '@fastify/formbody';
import { envelopeErrorHandler, htmlErrorHandler } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { orExpiredPage } from './expired-sign-in.ts';

/** Unwraps bodies that are wrapped in `data` and forbids caches to keep the answers. */
export async function acceptFormsAndJson(scope: App): Promise<void> {
  await scope.register(formbody);
  scope.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  scope.addHook('preValidation', async (request) => {
    request.body = unwrapped(request.body);
  });
  scope.setErrorHandler((error, request, reply) => {
    const isProgram = isJson(request) || request.headers.authorization !== undefined;
    return (isProgram ? envelopeErrorHandler : orExpiredPage(htmlErrorHandler))(error, request, reply);
  });
}

/** Programs send and read JSON; any other content comes from a browser. */
export function isJson(request: FastifyRequest): boolean {
  return /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
}

/** A yes or no as callers write it in a query, a form or JSON. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false', '1', '0', ''])]);

/** A parameter without a value, such as a bare `?global`, means yes. */
export function isSet(value: z.infer<typeof flag> | undefined): boolean {
  return value === true || value === 'true' || value === '1' || value === '';
}

function unwrapped(body: unknown): unknown {
  const data = (body as { data?: unknown } | null | undefined)?.data;
  return typeof data === 'object' && data !== null ? data : (body ?? {});
}
