/** Records refused identity-provider messages that belong to no pending login: unexpected responses and invalid logout requests. */
import { normalizeError } from '@gatehouse/service-kit/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditWriter } from '../../records/audit/event.ts';
import { SsoError } from './failure.ts';
import type { SsoMetrics } from './metrics.ts';
import { placeParams } from './place.ts';

type ErrorHandler = (
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) => FastifyReply | Promise<FastifyReply>;

export type SsoRefusals = ReturnType<typeof createSsoRefusals>;

export interface SsoRefusalsOptions {
  /** Strangers may cause as many as they like. */
  audit: Pick<AuditWriter, 'write'>;
  metrics: Pick<SsoMetrics, 'refused'>;
}

export function createSsoRefusals({ audit, metrics }: SsoRefusalsOptions) {
  return {
    /** @throws AppError (503) when it cannot be written down */
    async record(thrown: unknown, request: FastifyRequest): Promise<void> {
      const error = normalizeError(thrown, request.routeOptions);
      const isOurs = error instanceof SsoError;
      // Of contact centres and addresses that there are not, nothing is written down; an outage is told elsewhere.
      if (!isOurs && (error.status === 404 || error.status === 405 || error.status >= 500)) return;
      const operation = request.routeOptions.schema?.operationId ?? 'unknown';
      const reason = isOurs ? error.reason : error.name;
      const detail = error.detail ?? error.message;
      // Others were refused before anybody looked whether there is such a contact centre.
      const contactCenterId = isOurs ? contactCenterOf(request) : undefined;
      metrics.refused(operation, reason);
      request.log.warn(
        { event: 'sso_refused', operation, contactCenterId, reason, detail },
        'a message of single sign-on was refused',
      );
      await audit.write({
        name: 'sso_refused',
        outcome: 'failure',
        correlationId: request.id,
        clientAddress: request.ip,
        contactCenterId,
        fields: { operation, reason, detail },
      });
    },
  };
}

/**
 * An error handler that writes a refusal down before `answer` tells it: whoever asks is told little, and nobody sees the page
 * of a logout that failed. The operator reads there why, by the reference of the page.
 */
export function notingRefusals(
  answer: ErrorHandler,
  deps: { ssoRefusals: SsoRefusals },
): (error: unknown, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (thrown, request, reply) => {
    const shown = await deps.ssoRefusals.record(thrown, request).then(
      () => thrown,
      (failure: unknown) => failure,
    );
    return answer(shown, request, reply);
  };
}

function contactCenterOf({ params }: FastifyRequest): string | undefined {
  return placeParams.safeParse(params).data?.contactCenterId.toLowerCase();
}
