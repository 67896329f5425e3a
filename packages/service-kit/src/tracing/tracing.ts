/** Traces by OpenTelemetry. Without an endpoint nothing is loaded and nothing is wrapped: it costs nothing. */
import { metrics as noMetrics } from '@opentelemetry/api';
import { systemClock } from '../clock.ts';
import type { TracingConfig } from '../config/tracing.ts';
import type { App } from '../http/app-type.ts';
import type { Pool } from '../postgres/pool.ts';
import type { RedisClient } from '../redis/client.ts';
import { traceCalls } from './call-spans.ts';
import { callerSampler } from './caller-sampler.ts';
import { tracePool } from './postgres-spans.ts';
import { traceRedis } from './redis-spans.ts';
import { traceRequests } from './request-spans.ts';

export interface Tracing {
  /** A span for every request, beneath the caller's `traceparent`. */
  requests(app: App): void;
  /** A span for every statement that a traced request runs. */
  pool(pool: Pool): void;
  /** A span for every command that a traced request sends. */
  redis(client: RedisClient): void;
  /** The same object with a span for every call of its named methods that a traced request makes. */
  calls<T extends object>(system: string, target: T, methods: readonly (keyof T & string)[]): T;
  /** Sends what is left. */
  close(): Promise<void>;
}

const mostCallersPerSecond = 100;

/** Undefined where no endpoint is configured. */
export async function startTracing(
  config: TracingConfig | undefined,
  service: { name: string; version: string },
): Promise<Tracing | undefined> {
  if (config?.endpoint === undefined) return undefined;
  const [sdk, exporter, resources, undici] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/instrumentation-undici'),
  ]);
  const provider = new sdk.NodeTracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': service.name,
      'service.version': service.version,
    }),
    sampler: new sdk.ParentBasedSampler({
      root: new sdk.TraceIdRatioBasedSampler(config.sampleRatio),
      remoteParentSampled: callerSampler({ mostPerSecond: mostCallersPerSecond, now: systemClock }),
    }),
    spanProcessors: [
      new sdk.BatchSpanProcessor(
        new exporter.OTLPTraceExporter({ url: config.endpoint, timeoutMillis: 5000 }),
      ),
    ],
  });
  // W3C trace context in and out; the calls of undici pass it on.
  provider.register();
  const outgoing = new undici.UndiciInstrumentation({ requireParentforSpans: true });
  outgoing.setTracerProvider(provider);
  outgoing.setMeterProvider(noMetrics.getMeterProvider());
  outgoing.enable();
  const tracer = provider.getTracer('gatehouse');
  return {
    requests: (app) => traceRequests(app, tracer),
    pool: (pool) => tracePool(pool, tracer),
    redis: (client) => traceRedis(client, tracer),
    calls: (system, target, methods) => traceCalls(system, target, methods, tracer),
    async close() {
      outgoing.disable();
      // A collector that is away must not hold up the end of the process.
      await provider.shutdown().catch(() => undefined);
    },
  };
}
