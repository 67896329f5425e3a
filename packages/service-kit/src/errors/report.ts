/** Logs an error with the details that the caller must not see, and makes error handlers that do so before they answer. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from './app-error.ts';
import { normalizeError } from './normalize.ts';
import { noteRefusal } from './refusal-note.ts';

/** Gives each caller of an outage another time to come back: otherwise all refused at one moment return at one moment. */
function spread({ status, retryAfterSeconds = 0, comesBackByItself }: AppError): number {
  if (status !== 503 || comesBackByItself) return retryAfterSeconds;
  return retryAfterSeconds + Math.floor(Math.random() * (retryAfterSeconds + 1));
}

/** Logs 5xx as errors of the service and 4xx at debug level, as errors of the caller. */
export function reportError(request: FastifyRequest, reply: FastifyReply, error: AppError): void {
  noteRefusal(request, error);
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(spread(error)));
  const record = {
    event: 'request_failed',
    name: error.name,
    status: error.status,
    detail: error.detail,
    fields: error.problems.map(({ field }) => field),
    ...definedOnly({ err: error.cause }),
  };
  if (error.status === 500) request.log.error(record, error.message);
  else if (error.status > 500) request.log.warn(record, error.message);
  else request.log.debug(record, error.message);
}

/** Makes an error handler for `setErrorHandler`. `send`: answers in the form of its routes. */
export function createErrorHandler<Answer>(
  send: (error: AppError, request: FastifyRequest, reply: FastifyReply) => Answer,
) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): Answer => {
    const error = normalizeError(thrown, acceptedBy(request));
    reportError(request, reply, error);
    return send(error, request, reply);
  };
}

/** Forms and pictures are described; every other body is JSON. */
function acceptedBy({ routeOptions: { bodyLimit, schema }, server }: FastifyRequest) {
  const json = server.hasContentTypeParser('application/json') ? ['application/json'] : undefined;
  return { bodyLimit, consumes: (schema as { consumes?: string[] } | undefined)?.consumes ?? json };
}
