/** Addresses that the router itself refuses, before any hook runs: in the format of all answers, and not repeated. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, badRequest } from '../errors/app-error.ts';
import { envelopeErrorHandler } from '../errors/render-envelope.ts';
import { requestIdHeader } from './request-id.ts';

export function refuseAddress(
  { code }: { code: string },
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error =
    code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? new AppError('uri_too_long', 414, 'A part of the address is too long')
      : badRequest('The address is no valid URL: encode it anew');
  reply.header(requestIdHeader, request.id).header('x-content-type-options', 'nosniff');
  return envelopeErrorHandler(error, request, reply);
}
