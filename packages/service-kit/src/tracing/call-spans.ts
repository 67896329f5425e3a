/** A span for every call of another system that goes through an object of ours. */
import type { Tracer } from '@opentelemetry/api';
import { childSpan, endSpan } from './spans.ts';

type Method = (...parameters: unknown[]) => Promise<unknown>;

/** The same object whose named methods, all of them asynchronous, are traced. */
export function traceCalls<T extends object>(
  system: string,
  target: T,
  methods: readonly (keyof T & string)[],
  tracer: Tracer,
): T {
  const traced = methods.map((name): [string, Method] => [
    name,
    async (...parameters) => {
      const span = childSpan(tracer, `${system} ${name}`, { 'rpc.system': system, 'rpc.method': name });
      const call = (target[name] as Method).bind(target);
      if (span === undefined) return call(...parameters);
      try {
        const answer = await call(...parameters);
        endSpan(span);
        return answer;
      } catch (error) {
        endSpan(span, error);
        throw error;
      }
    },
  ]);
  const overriding = new Map<string | symbol, Method>(traced);
  return new Proxy(target, {
    get(object, name) {
      const member = overriding.get(name) ?? Reflect.get(object, name, object);
      // Its private fields are those of the object: a method must not be called on the proxy.
      return typeof member === 'function' ? member.bind(object) : member;
    },
  });
}
