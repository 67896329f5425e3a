/** Removes error messages from spans before they are exported: a message may quote a value. */
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';

export const errorScrubber: SpanProcessor = {
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
