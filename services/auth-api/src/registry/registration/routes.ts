/** Serves `/auth/v3/oauth/register`: dynamic client registration (RFC 7591) and its management (RFC 7592). */

import { invalidRequest, OAuthError, oauthErrorHandler } from '@gatehouse/caller-auth/oauth-errors';
import { securityError } from '@gatehouse/contracts/answers';
import { freeText } from '@gatehouse/contracts/values';
import { type App, nameCorsCaller } from '@gatehouse/service-kit/http';
import type { FastifyError, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { metadataSchema, registrationAnswerSchema, updatedMetadataSchema } from './metadata-schemas.ts';
import type { RegistrationCall } from './proofs.ts';
import type { RegistrationAnswer, Registrations } from './service.ts';

const url = '/register';
const tags = ['registration'];
const refusals = { 400: securityError, 401: securityError, 429: securityError, 503: securityError };
const params = z.object({ client_id: freeText(128) });

export function registrationRoutes(app: App, { registrations }: { registrations: Registrations }): void {
  app.setErrorHandler((error, request, reply) => oauthErrorHandler(asMetadataError(error), request, reply));
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });

  app.post(
    url,
    {
      schema: {
        operationId: 'registerClient',
        tags,
        summary: 'Register a client (RFC 7591)',
        description: 'Needs the initial access token of the operator as Bearer.',
        body: metadataSchema,
        response: { 201: registrationAnswerSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const registered = await registrations.register(request.body, callOf(request));
      return reply.code(201).send(answerOf(request, registered));
    },
  );

  app.get(
    `${url}/:client_id`,
    {
      schema: {
        operationId: 'readRegistration',
        tags,
        summary: 'Read the registration (RFC 7592)',
        params,
        response: { 200: registrationAnswerSchema, ...refusals },
      },
    },
    async (request) => answerOf(request, await registrations.read(request.params.client_id, callOf(request))),
  );

  app.put(
    `${url}/:client_id`,
    {
      schema: {
        operationId: 'replaceRegistration',
        tags,
        summary: 'Replace the registration (RFC 7592): what is left out gets its default',
        params,
        body: updatedMetadataSchema,
        response: { 200: registrationAnswerSchema, ...refusals },
      },
    },
    async (request) =>
      answerOf(request, await registrations.replace(request.params.client_id, request.body, callOf(request))),
  );

  app.delete(
    `${url}/:client_id`,
    {
      schema: {
        operationId: 'deleteRegistration',
        tags,
        summary: 'Delete the registration (RFC 7592); its tokens end',
        params,
        response: { 204: z.null(), ...refusals },
      },
    },
    async (request, reply) => {
      await registrations.remove(request.params.client_id, callOf(request));
      return reply.code(204).send(null);
    },
  );
}

/** The schema of the answer is stricter than what the service knows of it. */
function answerOf(request: FastifyRequest, registered: RegistrationAnswer): never {
  nameCorsCaller(request, { clientId: registered.client_id, contactCenterIds: [] });
  return registered as never;
}

function callOf(request: FastifyRequest): RegistrationCall {
  if (request.url.includes('?')) throw invalidRequest('Send nothing in the address');
  const { authorization } = request.headers;
  return { authorization, clientAddress: request.ip, correlationId: request.id };
}

/** RFC 7591 section 3.2.2: a body of the wrong shape is answered with invalid_client_metadata. */
function asMetadataError(error: unknown): unknown {
  const { validation, message } = error as FastifyError;
  if (validation === undefined) return error;
  const description = message.replace(/[^\x20-\x7e]|["\\]/g, '?').slice(0, 300);
  return new OAuthError('invalid_client_metadata', 400, description);
}
