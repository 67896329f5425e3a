/** Implements an endpoint source with a fixed list. */
import { type Endpoint, type EndpointSource, orderEndpoints } from './endpoint-source.ts';

/** Orders the endpoints by role. Errors: TypeError for an empty list, a missing host or a bad port. */
export function staticEndpoints(endpoints: readonly Endpoint[]): EndpointSource {
  if (endpoints.length === 0) throw new TypeError('at least one Configuration Server endpoint is needed');
  for (const { host, port } of endpoints) {
    if (host === '') throw new TypeError('a Configuration Server endpoint needs a host');
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new TypeError(`port ${port} of Configuration Server ${host} is not between 1 and 65535`);
    }
  }
  const ordered = orderEndpoints(endpoints);
  return {
    current: () => ordered,
    subscribe: () => () => undefined,
    close: async () => undefined,
  };
}
