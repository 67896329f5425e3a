/** Names what others may use to find servers. */
export { dnsSrvEndpoints } from './dns-srv.ts';
export {
  type Endpoint,
  type EndpointRole,
  type EndpointSource,
  endpointName,
  isLoopback,
  orderEndpoints,
  withFixedList,
} from './endpoint-source.ts';
export type { DiscoveryMetrics } from './known-endpoints.ts';
export { QueryPace } from './query-pace.ts';
export { createSharedSources } from './shared-sources.ts';
export { staticEndpoints } from './static.ts';
