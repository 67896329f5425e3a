/** Names what tests may use of Consul agents. */
export {
  type ConsulAgentOptions,
  type ConsulTestAgent,
  consulProgramVariable,
  startConsulAgent,
} from './consul-agent.ts';
export { type ConsulCertificates, createConsulCertificates } from './consul-certificates.ts';
