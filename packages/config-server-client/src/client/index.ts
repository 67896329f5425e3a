/** Names what others may use of the client of a Configuration Server. */
export {
  type ConfigServerClientOptions,
  defaultStandby,
  type StandbyOptions,
  type TlsOptions,
} from '../client-options.ts';
export { type ConfigServerClient, createConfigServerClient } from './client.ts';
export { afterFailure, type CallKind } from './repeat-policy.ts';
