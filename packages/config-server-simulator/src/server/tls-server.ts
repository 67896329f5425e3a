/** The port with TLS: what is one connection to a client is a plain socket first, then an encrypted one. */
import net from 'node:net';
import tls from 'node:tls';
import { SparseWarning } from '@gatehouse/config-server-client/sparse-warning';
import { Handshakes } from './handshakes.ts';
import type { ServerContext } from './server-context.ts';

export interface ServerTlsOptions {
  /** PEM. */
  cert: string | Buffer;
  key: string | Buffer;
  /** Authorities of client certificates; when given, clients must show one. */
  clientCa?: string | Buffer | undefined;
}

/** `accept` gets the sockets on which TLS is up. */
export function createTlsServer(
  options: ServerTlsOptions,
  accept: (socket: net.Socket) => void,
  { limits, clock, log }: ServerContext,
): net.Server {
  const settings: tls.TlsOptions = {
    cert: options.cert,
    key: options.key,
    minVersion: 'TLSv1.2',
  };
  if (options.clientCa !== undefined) {
    settings.ca = options.clientCa;
    settings.requestCert = true;
    settings.rejectUnauthorized = true;
  }
  const handshakes = new Handshakes(limits, clock);
  const failed = new SparseWarning(clock, log, 'TLS handshake failed');
  const tooMany = new SparseWarning(clock, log, 'too many TLS handshakes');
  const secured = tls.createServer(settings, (socket) => {
    handshakes.end(socket);
    accept(socket);
  });
  secured.on('tlsClientError', (error: Error) => failed.warn({ error: error.message }));
  return net.createServer((socket) => {
    if (handshakes.begin(socket)) {
      afterFirstByte(socket, secured);
    } else {
      // Nothing can be said to it before TLS is up.
      tooMany.warn({ address: socket.remoteAddress });
      socket.destroy();
    }
  });
}

/** `fatal(2)`, `unexpected_message(10)`: RFC 8446, section 6. */
const tlsAlert = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0a]);
const handshakeRecord = 0x16;

/** A client that speaks plaintext here is told by an alert, which it can name, instead of by a broken connection. */
function afterFirstByte(socket: net.Socket, secured: tls.Server): void {
  socket.on('error', () => socket.destroy());
  socket.once('data', (chunk) => {
    if (chunk[0] !== handshakeRecord) {
      socket.end(tlsAlert);
      socket.resume();
      return;
    }
    socket.pause();
    socket.unshift(chunk);
    secured.emit('connection', socket);
  });
}
