/** Defines the options of a client and their defaults. */

import type { EndpointSource } from './discovery/endpoint-source.ts';
import type { Clock } from './surroundings/clock.ts';
import type { Logger } from './surroundings/log.ts';
import type { ConnectionMetrics } from './surroundings/metrics.ts';
import type { WireProtocol } from './wire/wire-protocol.ts';

export interface ConfigServerClientOptions {
  /** The servers. The client closes this source and `writeEndpoints` with itself: createSharedSources shares one. */
  endpoints: EndpointSource;
  /** Servers for password changes when `endpoints` are read-only. Default: the writable ones of `endpoints`. */
  writeEndpoints?: EndpointSource;
  /** Name of the application object on the server. */
  applicationName: string;
  /** CfgAppType; default 107, GenericServer. */
  applicationType?: number;
  /** Service account. */
  userName: string;
  password: string;
  /** Replaces the service password when the server demands a change. */
  newPassword?: string | undefined;
  /** Encrypts the link, without fallback to plaintext. A function is called for every new connection. */
  tls?: TlsOptions | (() => TlsOptions) | undefined;
  /** Permits plaintext to another machine, which exposes passwords. */
  allowPlaintext?: boolean;
  addp?: AddpOptions | undefined;
  standby?: Partial<StandbyOptions>;
  /** Requests in flight on one connection; the server's own limit applies when lower. Default 64. */
  windowSize?: number;
  /** Default: the open protocol over CBOR. */
  wire?: WireProtocol;
  /** Uniform in [0, 1), for jitter only. */
  random?: () => number;
  /** Replaces time and timers. */
  clock?: Clock;
  log?: Logger;
  metrics?: ConnectionMetrics;
}

export interface TlsOptions {
  /** PEM. Default: the system's authorities. */
  ca?: string | Buffer | undefined;
  /** PEM, for mutual TLS. */
  cert?: string | Buffer | undefined;
  key?: string | Buffer | undefined;
  /** The name the server's certificate must carry. Default: the endpoint's host. */
  serverName?: string | undefined;
}

/** Keep-alive times in seconds, 0 = off, at most 3 600; fractions are for tests. */
export interface AddpOptions {
  /** The client watches the server. Default 20. */
  localTimeoutSeconds: number;
  /** The server watches the client. Default 20. */
  remoteTimeoutSeconds: number;
  /** The side that logs its polls. Default `off`. */
  traceMode: 'off' | 'local' | 'remote' | 'both';
}

export interface StandbyOptions {
  /** Limit of one attempt (name resolution, TCP, TLS), and again of the registration. Default 5 000. */
  openTimeoutMs: number;
  /** Upper end of the random pause after a loss. Default 1 000. */
  reconnectionRandomDelayMs: number;
  /** Pause before the other endpoints after the last opened one failed. Default 500. */
  backupDelayMs: number;
  /** Pause after each round in which every endpoint failed; the last value repeats. ±20 % jitter. Nobody signs in for as long after the servers are back. */
  retryDelaysMs: readonly number[];
  /** How long a connection must live before the delays start from the beginning again. Default 30 000. */
  stableAfterMs: number;
  /** How long calls wait for a connection, and when the state turns to `down`. Default 2 000. */
  failFastAfterMs: number;
  /** How many calls may wait for a connection. Default 256. */
  maxQueueWhileDown: number;
  /** Upper end of the random pause before subscribers get `resync`. Default 5 000. */
  resyncSpreadMs: number;
  /** Pause after the service account was refused. Default 60 000. */
  credentialsPauseMs: number;
  /** Tries with a refused service account. A corrected account needs a new client. Default 3. */
  credentialsTries: number;
}

export const defaultStandby: StandbyOptions = {
  openTimeoutMs: 5_000,
  reconnectionRandomDelayMs: 1_000,
  backupDelayMs: 500,
  retryDelaysMs: [1_000, 2_000, 3_000],
  stableAfterMs: 30_000,
  failFastAfterMs: 2_000,
  maxQueueWhileDown: 256,
  resyncSpreadMs: 5_000,
  credentialsPauseMs: 60_000,
  credentialsTries: 3,
};

export const defaultAddp: AddpOptions = {
  localTimeoutSeconds: 20,
  remoteTimeoutSeconds: 20,
  traceMode: 'off',
};
