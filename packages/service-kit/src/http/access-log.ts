/** Measures every request by its route pattern, and logs failed requests or all of them, without the query. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusalNoteOf, refusalReasonOf } from '../errors/refusal-note.ts';
import { type Logger, plainLogger } from '../observability/logging/logger.ts';
import type { Metrics } from '../observability/metrics/registry.ts';
import type { App } from './app-type.ts';
import { requestIdHeader } from './correlation.ts';

export interface Observation {
  log: Logger;
  metrics: Metrics;
  logsSuccesses: boolean;
}

export function observeRequests(app: App, { log, metrics, logsSuccesses }: Observation): void {
  const lines = plainLogger(log);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(requestIdHeader, request.id).header('x-content-type-options', 'nosniff');
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.observeRequest(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    // A refusal may be told by a redirect.
    const isRefused = reply.statusCode >= 400 || refusalNoteOf(request) !== undefined;
    if (logsSuccesses || isRefused) lines.info(describe(request, reply), 'request');
    done();
  });
}

function describe(request: FastifyRequest, reply: FastifyReply): Record<string, unknown> {
  return {
    correlationId: request.id,
    method: request.method,
    path: request.server.shownPathOf(request),
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime * 10) / 10,
    clientAddress: request.ip,
    traceId: request.traceId,
    ...causeOf(request),
  };
}

/** Only of a request that was refused. */
function causeOf(request: FastifyRequest): Record<string, unknown> {
  const note = refusalNoteOf(request);
  if (note === undefined) return {};
  return { reason: refusalReasonOf(note.error), ...definedOnly({ clientId: note.clientId }) };
}
