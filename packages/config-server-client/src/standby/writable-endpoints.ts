/** The part of an endpoint list that takes changes. */
import type { Endpoint, EndpointSource } from '../discovery/endpoint-source.ts';

/** A view of `source` without read-only servers and proxies; closing it leaves the source alone. */
export function writableEndpoints(source: EndpointSource): EndpointSource {
  return {
    current: () => source.current().filter(isWritable),
    get problem() {
      return source.problem;
    },
    subscribe: (listener) => source.subscribe((endpoints) => listener(endpoints.filter(isWritable))),
    close: async () => undefined,
  };
}

export function isWritable(endpoint: Endpoint): boolean {
  return endpoint.readOnly !== true && endpoint.role !== 'proxy';
}
