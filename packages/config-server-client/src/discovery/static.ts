/** A fixed list of endpoints from configuration. */
import { type Endpoint, type EndpointSource, orderEndpoints } from './endpoint-source.ts';

/** The given endpoints, primary before backup before proxy. Throws TypeError on an empty list or a bad port. */
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
