/** Logs an error with all that the caller must not see. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from './app-error.ts';

/** 5xx are errors of ours, 4xx are the caller's; the correlation id is the request id. */
export function reportError(request: FastifyRequest, reply: FastifyReply, error: AppError): void {
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
  const record = {
    event: 'request_failed',
    name: error.name,
    status: error.status,
    detail: error.detail,
    fields: error.problems.map(({ field }) => field),
    ...(error.cause === undefined ? {} : { err: error.cause }),
  };
  if (error.status === 500) request.log.error(record, error.message);
  else if (error.status > 500) request.log.warn(record, error.message);
  else request.log.debug(record, error.message);
}
