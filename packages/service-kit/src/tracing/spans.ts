/** What the spans of stores have in common. */
import { type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';

/** Undefined outside of a traced request: work in the background makes no traces of its own. */
export function childSpan(
  tracer: Tracer,
  name: string,
  attributes: Record<string, string>,
): Span | undefined {
  const parent = trace.getActiveSpan();
  if (parent === undefined || !parent.isRecording()) return undefined;
  return tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes });
}

/** Names the kind of an error; its message may carry values. */
export function endSpan(span: Span, error?: unknown): void {
  if (error !== undefined && error !== null) {
    const { code, name } = error as { code?: string; name?: string };
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(code ?? name ?? 'error') });
  }
  span.end();
}
