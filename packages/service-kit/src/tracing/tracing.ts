/** Starts tracing by OpenTelemetry where an endpoint is configured; elsewhere its SDK is not loaded. */
import type { TracingConfig } from '../config/shared-settings.ts';

/**
 * Undefined where no endpoint is configured. The PostgreSQL and Redis drivers and Node's HTTP client are instrumented for the
 * whole process, so call it before their first use.
 */
export async function startTracing(
  config: TracingConfig | undefined,
  service: { name: string; version: string },
) {
  if (config?.endpoint === undefined) return undefined;
  const { createTracing } = await import('./opentelemetry.ts');
  return createTracing({ endpoint: config.endpoint, sampleRatio: config.sampleRatio }, service);
}

export type Tracing = NonNullable<Awaited<ReturnType<typeof startTracing>>>;
