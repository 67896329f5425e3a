/** Accepts TLS connections, and tells clients that speak plaintext by an alert. */
import net from 'node:net';
import tls from 'node:tls';
import { SparseWarning } from '@gatehouse/config-server-client/surroundings';
import type { LinkContext } from './client-link.ts';
import { Handshakes } from './handshakes.ts';

export interface ServerTlsOptions {
  /** PEM. */
  cert: string | Buffer;
  key: string | Buffer;
  /** Authorities of client certificates; when given, clients must present one. */
  clientCa?: string | Buffer | undefined;
}

/** Passes sockets to `accept` after their handshake. */
export function createTlsServer(
  options: ServerTlsOptions,
  accept: (socket: net.Socket) => void,
  { limits, clock, log }: LinkContext,
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
      // Before the handshake no reason can be sent.
      tooMany.warn({ address: socket.remoteAddress });
      socket.destroy();
    }
  });
}

/** `fatal(2)`, `unexpected_message(10)`: RFC 8446, section 6. */
const tlsAlert = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0a]);
const handshakeRecord = 0x16;

/** Answers plaintext with an alert: the client can name the mistake, which a closed connection does not allow. */
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
