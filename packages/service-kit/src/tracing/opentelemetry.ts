/** Sends spans of requests, SQL statements, Redis commands and outgoing calls to a collector by OTLP. */
import { FastifyOtelInstrumentation } from '@fastify/otel';
import { type Span, SpanKind, SpanStatusCode, TraceFlags, type Tracer, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type Clock, steadyClock } from '../clock.ts';
import { traceCalls } from './call-spans.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Absent where the request is not traced. */
    traceId?: string;
  }
}

const maxCallersPerSecond = 100;

export function createTracing(
  config: { endpoint: string; sampleRatio: number },
  service: { name: string; version: string },
) {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service.name, 'service.version': service.version }),
    sampler: new ParentBasedSampler({
      root: new TraceIdRatioBasedSampler(config.sampleRatio),
      remoteParentSampled: callerSampler({ maxPerSecond: maxCallersPerSecond, now: steadyClock }),
    }),
    spanProcessors: [
      errorScrubber,
      new BatchSpanProcessor(new OTLPTraceExporter({ url: config.endpoint, timeoutMillis: 5000 })),
    ],
  });
  // Trace context alone: a stranger's `baggage` must not travel on to other services and identity providers.
  provider.register({ propagator: new W3CTraceContextPropagator() });
  const requests = new FastifyOtelInstrumentation({
    instrumentHooks: false,
    instrumentHandler: false,
    recordExceptions: false,
    requestHook: describeRequest,
  });
  const statements = new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true });
  // Keys and values are secrets, or close to secrets.
  const commands = new IORedisInstrumentation({
    requireParentSpan: true,
    dbStatementSerializer: (name) => name,
  });
  const calls = new HttpInstrumentation({
    disableIncomingRequestInstrumentation: true,
    requireParentforOutgoingSpans: true,
    // Work that a request began and left running, such as the look-out for Configuration Servers, is no part of it.
    ignoreOutgoingRequestHook: isOfEndedSpan,
    // Paths hold ids, and addresses that strangers registered may hold a key.
    startOutgoingSpanHook: () => ({ 'url.full': undefined }),
  });
  const disable = registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [requests, calls, statements, commands],
  });
  // They wait for the library to be required, which a bundle never does.
  const libraries: Record<string, object> = {
    http: process.getBuiltinModule('node:http'),
    https: process.getBuiltinModule('node:https'),
    pg,
    'pg-pool': Object.getPrototypeOf(pg.Pool),
    ioredis: Redis,
  };
  for (const library of [calls, statements, commands].flatMap((each) => each.getModuleDefinitions())) {
    library.moduleExports = libraries[library.name];
    library.patch?.(library.moduleExports);
  }
  const tracer: Tracer = provider.getTracer('gatehouse');
  return {
    /** A span for every request, beneath the caller's `traceparent`. Register it before the first route. */
    requests: requests.plugin(),
    /** Returns the same object with a span for every call of its named methods that a traced request makes. */
    calls: <T extends object>(system: string, target: T, methods: readonly (keyof T & string)[]): T =>
      traceCalls(system, target, methods, tracer),
    /** Sends what is left. */
    async close(): Promise<void> {
      disable();
      // A collector that is away must not delay the end of the process.
      await provider.shutdown().catch(() => undefined);
    },
  };
}

/** Names the span by the route pattern: the address may carry a secret. */
function describeRequest(span: Span, request: FastifyRequest): void {
  const route = request.routeOptions.url ?? 'unknown';
  span.updateName(`${request.method} ${route}`);
  span.setAttributes({ 'url.path': route, 'gatehouse.correlation_id': request.id });
  const { traceId } = span.spanContext();
  request.traceId = traceId;
  request.log = request.log.child({ traceId });
}

function isOfEndedSpan(): boolean {
  const span = trace.getActiveSpan();
  if (span === undefined) return false;
  // A span that is not sampled records nothing, and its trace goes on.
  const isSampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
  return isSampled && !span.isRecording();
}

/** Removes error messages from spans before they are exported: a message may quote a value. */
const errorScrubber: SpanProcessor = {
  onStart() {},
  onEnd(span: { -readonly [Name in keyof ReadableSpan]: ReadableSpan[Name] }) {
    span.status = { code: isRefusal(span) ? SpanStatusCode.UNSET : span.status.code };
    span.events.length = 0;
  },
  async forceFlush() {},
  async shutdown() {},
};

/** OpenTelemetry's HTTP conventions: an answer 4xx is no error of the server. */
function isRefusal({ kind, attributes }: ReadableSpan): boolean {
  return kind === SpanKind.SERVER && Number(attributes['http.response.status_code']) < 500;
}

/**
 * Limits how many requests a second are traced because their caller's `traceparent` says so: a stranger who sends the
 * header must not be able to have everything traced.
 */
export function callerSampler({ maxPerSecond, now }: { maxPerSecond: number; now: Clock }): Sampler {
  let second = 0;
  let granted = 0;
  return {
    shouldSample(): SamplingResult {
      const current = Math.floor(now() / 1000);
      if (current !== second) granted = 0;
      second = current;
      granted += 1;
      return {
        decision: granted > maxPerSecond ? SamplingDecision.NOT_RECORD : SamplingDecision.RECORD_AND_SAMPLED,
      };
    },
    toString: () => `CallerSampler{${maxPerSecond}/s}`,
  };
}
