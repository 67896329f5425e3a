/** Traces calls of systems that no instrumentation of OpenTelemetry knows. */
import { SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';

type Method = (...parameters: unknown[]) => Promise<unknown>;

/** Returns the same object with spans around the named methods, all of which must be asynchronous. */
export function traceCalls<T extends object>(
  system: string,
  target: T,
  methods: readonly (keyof T & string)[],
  tracer: Tracer,
): T {
  const traced = methods.map((name): [string, Method] => [
    name,
    async (...parameters) => {
      const call = (target[name] as Method).bind(target);
      // Work in the background begins no traces.
      if (!trace.getActiveSpan()?.isRecording()) return call(...parameters);
      const attributes = { 'rpc.system': system, 'rpc.method': name };
      const span = tracer.startSpan(`${system} ${name}`, { kind: SpanKind.CLIENT, attributes });
      try {
        return await call(...parameters);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
  ]);
  const overriding = new Map<string | symbol, Method>(traced);
  return new Proxy(target, {
    get(object, name) {
      const member = overriding.get(name) ?? Reflect.get(object, name, object);
      // A method must run on the object itself: private fields are not those of the proxy.
      return typeof member === 'function' ? member.bind(object) : member;
    },
  });
}
