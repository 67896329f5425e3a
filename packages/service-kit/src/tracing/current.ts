/** The trace that the work at hand belongs to. */
import { trace } from '@opentelemetry/api';

/** For log lines: `{}` where nothing is traced. */
export function traceFields(): { traceId?: string } {
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  return traceId === undefined ? {} : { traceId };
}
