/** Names what tests may use of the registration in Consul. */
export { registerInConsul } from './register-in-consul.ts';
