/** Leads a browser whose sign-in is over to the page that says so, and that knows the way back to the application. */
import { AppError } from '@gatehouse/service-kit/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';

type ErrorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) => unknown;

/** For `setErrorHandler`: everything else goes to `handler`. Only for scopes that browsers send forms or links to. */
export function orExpiredPage(handler: ErrorHandler): ErrorHandler {
  return (error, request, reply) => {
    const id = isExpired(error) ? interactionOf(request) : undefined;
    if (id === undefined) return handler(error, request, reply);
    return reply.redirect(`/auth/sign-in.html?interaction=${encodeURIComponent(id)}`, 303);
  };
}

function isExpired(error: unknown): boolean {
  return error instanceof AppError && error.name === 'interaction_expired';
}

/** Of the form or of the link. */
function interactionOf({ body, query }: FastifyRequest): string | undefined {
  const named = [body, query].map(
    (one) => (one as { interaction?: unknown } | null | undefined)?.interaction,
  );
  const id = named.find((one) => typeof one === 'string' && one !== '');
  return id as string | undefined;
}
