/** Renders errors of the v3 JSON APIs in the envelope. */
import type { FastifyReply } from 'fastify';
import type { AppError } from './app-error.ts';
import { createErrorHandler } from './report.ts';

export const envelopeErrorHandler = createErrorHandler((error, _request, reply) => {
  if (error.render !== undefined) return error.render(reply);
  if (error.challenge !== undefined) reply.header('www-authenticate', error.challenge);
  else if (error.status === 401) return renderBadCredentials(reply, error);
  return reply.code(error.status).type('application/json; charset=utf-8').send(errorEnvelope(error));
});

/** `{"status":{"code":int,"name","message"},"errors":[…]}`; `code` is the HTTP status, never 0. */
export function errorEnvelope(error: AppError): string {
  return JSON.stringify({
    status: { code: error.status, name: error.name, message: error.message, ...error.why },
    ...(error.problems.length === 0
      ? {}
      : {
          errors: error.problems.map((problem) => ({ status: { code: error.status, ...problem } })),
        }),
  });
}

function renderBadCredentials(reply: FastifyReply, error: AppError): FastifyReply {
  return reply
    .code(401)
    .header('www-authenticate', 'Basic realm="gatehouse", charset="UTF-8"')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error: 'Unauthorized', error_description: error.message }));
}
