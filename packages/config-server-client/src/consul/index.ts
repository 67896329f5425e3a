/** Names what others may use to find servers in Consul. */
export type { ConsulAccess } from './consul-access.ts';
export { ConsulAgent } from './consul-agent.ts';
export { consulEndpoints } from './consul-endpoints.ts';
export { toConsulFailure } from './consul-failure.ts';
export { consulProbe } from './consul-probe.ts';
export { consulAccessOf, consulProblems } from './consul-settings.ts';
