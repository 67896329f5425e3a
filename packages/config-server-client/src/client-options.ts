/** What the client needs to know about one environment's servers, and the defaults of everything else. */
import type { Clock } from './clock.ts';
import type { EndpointSource } from './discovery/endpoint-source.ts';
import type { Logger } from './log.ts';
import type { ConnectionMetrics } from './metrics.ts';
import type { WireProtocol } from './wire/wire-protocol.ts';

export interface ConfigServerClientOptions {
  /** Where the servers are. The client closes it with itself, `writeEndpoints` too: share one by createSharedSources. */
  endpoints: EndpointSource;
  /** Servers for password changes when `endpoints` are read-only. Default: the writable ones of `endpoints`. */
  writeEndpoints?: EndpointSource;
  /** Name of our application object on the server. */
  applicationName: string;
  /** CfgAppType; default 107, GenericServer. */
  applicationType?: number;
  /** Service account. */
  userName: string;
  password: string;
  /** Registers a second time with this one when the server demands a change of the service password. */
  newPassword?: string | undefined;
  /** Encrypts the link when given; there is no way back to plaintext. A function is asked at every new connection. */
  tls?: TlsOptions | (() => TlsOptions) | undefined;
  /** Passwords travel in the link: plaintext to another machine needs this explicit permission. */
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
  /** We watch the server. Default 20. */
  localTimeoutSeconds: number;
  /** The server watches us. Default 20. */
  remoteTimeoutSeconds: number;
  /** Which side logs its polls. Default `off`. */
  traceMode: 'off' | 'local' | 'remote' | 'both';
}

export interface StandbyOptions {
  /** One attempt: name resolution, TCP, TLS; registration has the same limit again. Default 5 000. */
  openTimeoutMs: number;
  /** Upper end of the random pause after a loss. Default 1 000. */
  reconnectionRandomDelayMs: number;
  /** Pause before the other endpoints after the last opened one failed. Default 500. */
  backupDelayMs: number;
  /** Pause after each round in which every endpoint failed; the last value repeats. ±20 % jitter. */
  retryDelaysMs: readonly number[];
  /** How long a connection must live before the delays start from the beginning again. Default 30 000. */
  stableAfterMs: number;
  /** Calls wait at most so long for a connection; also when the state turns to `down`. Default 2 000. */
  failFastAfterMs: number;
  /** Calls that may wait for a connection. Default 256. */
  maxQueueWhileDown: number;
  /** Upper end of the random pause before subscribers read again what they missed. Default 5 000. */
  resyncSpreadMs: number;
  /** Pause after the service account was refused. Default 60 000. */
  credentialsPauseMs: number;
  /** Tries with a refused service account before giving up: whoever corrects it makes a new client. Default 3. */
  credentialsTries: number;
}

export const defaultStandby: StandbyOptions = {
  openTimeoutMs: 5_000,
  reconnectionRandomDelayMs: 1_000,
  backupDelayMs: 500,
  retryDelaysMs: [1_000, 2_000, 5_000, 10_000, 30_000],
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
