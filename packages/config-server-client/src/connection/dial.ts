/** Opens the TCP or TLS connection to one endpoint within a time limit. */
import net from 'node:net';
import tls from 'node:tls';
import { type ClientErrorCode, ConfigServerError } from '@gatehouse/people-directory';
import type { TlsOptions } from '../client-options.ts';
import { type Endpoint, endpointName, isLoopback } from '../discovery/endpoint-source.ts';
import { type Clock, systemClock } from '../surroundings/clock.ts';

export interface DialOptions {
  tls?: TlsOptions | undefined;
  allowPlaintext: boolean;
  /** Limit of name resolution, TCP and TLS together. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  clock?: Clock;
}

const tcpKeepAliveMs = 30_000;

/**
 * Returns a connected socket. Verifies certificates always, against `serverName` or the host. Errors: PlaintextRefused,
 * ConnectionRefused (also when the name is not found), ConnectTimeout, TlsFailure, Aborted.
 */
export function dial(endpoint: Endpoint, options: DialOptions): Promise<net.Socket> {
  const name = endpointName(endpoint);
  if (options.tls === undefined && !options.allowPlaintext && !isLoopback(endpoint.host)) {
    const message = 'plaintext to another machine is not allowed: set tls, or allowPlaintext explicitly';
    return Promise.reject(new ConfigServerError('PlaintextRefused', message, { endpoint: name }));
  }
  const { host, port } = endpoint;
  const socket =
    options.tls === undefined ? openPlain(endpoint) : openTls({ host, port }, endpoint, options.tls);
  return untilReady(socket, endpoint, options);
}

/** Encrypts an open connection, which ends when that fails: for protocols that agree on TLS in their own words. */
export function secure(
  socket: net.Socket,
  endpoint: Endpoint,
  options: Omit<DialOptions, 'allowPlaintext'> & { tls: TlsOptions },
): Promise<net.Socket> {
  return untilReady(openTls({ socket }, endpoint, options.tls), endpoint, options).catch((error) => {
    socket.destroy();
    throw error;
  });
}

function untilReady<S extends net.Socket>(
  socket: S,
  endpoint: Endpoint,
  options: Omit<DialOptions, 'allowPlaintext'>,
): Promise<S> {
  const name = endpointName(endpoint);
  return new Promise((resolve, reject) => {
    const readyEvent = options.tls === undefined ? 'connect' : 'secureConnect';
    const finish = () => {
      timer.cancel();
      options.signal?.removeEventListener('abort', onAbort);
      socket.off(readyEvent, onReady);
      socket.off('error', onError);
      socket.off('close', onClose);
    };
    const fail = (code: ClientErrorCode, message: string, cause?: unknown) => {
      finish();
      // A late error of a destroyed socket must not become an uncaught exception.
      socket.on('error', () => undefined);
      socket.destroy();
      const detail = cause instanceof Error ? cause.message : undefined;
      reject(new ConfigServerError(code, message, { endpoint: name, cause, detail }));
    };
    const onReady = () => {
      finish();
      resolve(socket);
    };
    const onError = (error: NodeJS.ErrnoException) =>
      fail(
        dialErrorCode(error, options.tls !== undefined),
        `cannot connect to ${name}: ${reasonOf(error)}`,
        error,
      );
    const onClose = () =>
      fail(
        options.tls === undefined ? 'ConnectionRefused' : 'TlsFailure',
        `${name} closed the connection at once`,
      );
    const onAbort = () => fail('Aborted', 'the attempt was given up');
    const timer = (options.clock ?? systemClock).setTimer(options.timeoutMs, () =>
      fail('ConnectTimeout', `${name} did not accept a connection within ${options.timeoutMs} ms`),
    );
    socket.once(readyEvent, onReady);
    socket.once('error', onError);
    socket.once('close', onClose);
    if (options.signal?.aborted === true) onAbort();
    else options.signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function openPlain(endpoint: Endpoint): net.Socket {
  return net.connect({
    host: endpoint.host,
    port: endpoint.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: tcpKeepAliveMs,
  });
}

function openTls(over: tls.ConnectionOptions, endpoint: Endpoint, options: TlsOptions): tls.TLSSocket {
  const serverName = options.serverName ?? endpoint.host;
  const settings: tls.ConnectionOptions = {
    ...over,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    // RFC 6066 section 3: an address is not sent as SNI. The certificate is verified against it all the same.
    checkServerIdentity: (_host, certificate) => tls.checkServerIdentity(serverName, certificate),
  };
  if (net.isIP(serverName) === 0) settings.servername = serverName;
  if (options.ca !== undefined) settings.ca = options.ca;
  if (options.cert !== undefined) settings.cert = options.cert;
  if (options.key !== undefined) settings.key = options.key;
  const socket = tls.connect(settings);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, tcpKeepAliveMs);
  return socket;
}

/** Explains errors of the network to an operator. */
const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there, or a firewall refuses',
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'the name service does not answer',
  EAI_NODATA: 'the name has no address',
  EHOSTUNREACH: 'no way leads to the host',
  ENETUNREACH: 'no way leads to the network',
  EADDRNOTAVAIL: 'the address cannot be used',
};

/** Messages of TLS ("certificate has expired") are clear and hold no secret. */
function reasonOf(error: NodeJS.ErrnoException): string {
  const known = networkReasons[error.code ?? ''] ?? error.message;
  return known === '' ? (error.code ?? 'no reason given') : known;
}

function dialErrorCode(error: NodeJS.ErrnoException, isTls: boolean): ClientErrorCode {
  if (error.code === 'ETIMEDOUT') return 'ConnectTimeout';
  if (Object.hasOwn(networkReasons, error.code ?? '') || error instanceof AggregateError)
    return 'ConnectionRefused';
  return isTls ? 'TlsFailure' : 'ConnectionRefused';
}
