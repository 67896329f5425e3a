/** A span for every request: named by the route pattern, never by the address, which may carry a secret. */
import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';
import type { App } from '../http/app-type.ts';

export function traceRequests(app: App, tracer: Tracer): void {
  const spans = new WeakMap<FastifyRequest, Span>();

  app.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    // Nothing of ours reads a stranger's `baggage`, so it is not carried on to the other services and identity providers.
    const { traceparent, tracestate } = request.headers;
    const parent = propagation.extract(context.active(), { traceparent, tracestate });
    const span = tracer.startSpan(
      `${request.method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': request.method,
          'http.route': route,
          'gatehouse.correlation_id': request.id,
        },
      },
      parent,
    );
    spans.set(request, span);
    const { traceId } = span.spanContext();
    request.traceId = traceId;
    request.log = request.log.child({ traceId });
    reply.log = request.log;
    context.with(trace.setSpan(parent, span), done);
  });

  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    done();
  });
}
