/** The listening port: plain TCP or TLS; turns sockets into sessions. */
import net from 'node:net';
import tls from 'node:tls';
import { ocpWire } from '@gatehouse/config-server-client/wire/ocp/ocp-wire';
import { defaultWireLimits } from '@gatehouse/config-server-client/wire/wire-protocol';
import { ClientSession } from './client-session.ts';
import type { ServerContext } from './server-context.ts';

export interface ListenOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  tls?: ServerTlsOptions | undefined;
}

export interface ServerTlsOptions {
  /** PEM. */
  cert: string | Buffer;
  key: string | Buffer;
  /** Authorities of client certificates; when given, clients must show one. */
  clientCa?: string | Buffer | undefined;
}

export interface Listener {
  readonly port: number;
  /** Stops accepting; sessions are closed by their owner. */
  close(): Promise<void>;
}

export async function listen(options: ListenOptions, context: ServerContext): Promise<Listener> {
  const sockets = new Set<net.Socket>();
  const held = new Set<net.Socket>();
  const turnAway = turningAway(context);
  const accept = (socket: net.Socket) => {
    const what = context.faults.onConnection?.() ?? 'serve';
    if (what === 'ignore') {
      held.add(socket);
      socket.on('error', () => undefined);
      return;
    }
    if (what === 'close') {
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    if (!context.sessions.hasRoomFor(socket.remoteAddress ?? 'unknown')) {
      turnAway(socket);
      return;
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    context.sessions.add(new ClientSession(socket, context));
  };
  const server = createServer(options.tls, accept, context);
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      held.delete(socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as net.AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of held) socket.destroy();
        // What is still open after the sessions said goodbye gets a moment, then is cut.
        const timer = setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, 1_000);
        server.once('close', () => clearTimeout(timer));
      }),
  };
}

const tooManyConnections = ocpWire()
  .createSession('server', defaultWireLimits)
  .encodeClose('too-many-connections');
const turnedAwayAtOnce = 50;
const farewellMs = 1_000;

/** Tells a client that there is no room for it; when very many come, only some of them, since it must cost nothing. */
function turningAway({ clock, log }: ServerContext): (socket: net.Socket) => void {
  let leaving = 0;
  return (socket) => {
    socket.on('error', () => undefined);
    if (leaving >= turnedAwayAtOnce) {
      socket.destroy();
      return;
    }
    log.warn({ address: socket.remoteAddress }, 'too many connections');
    leaving += 1;
    // What it sends is read and dropped: unread bytes would make the end a reset, which overtakes the farewell.
    socket.resume();
    socket.end(tooManyConnections);
    const timer = clock.setTimer(farewellMs, () => socket.destroy());
    socket.once('close', () => {
      leaving -= 1;
      timer.cancel();
    });
  };
}

function createServer(
  options: ServerTlsOptions | undefined,
  accept: (socket: net.Socket) => void,
  context: ServerContext,
): net.Server {
  if (options === undefined) return net.createServer(accept);
  const settings: tls.TlsOptions = {
    cert: options.cert,
    key: options.key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: 5_000,
  };
  if (options.clientCa !== undefined) {
    settings.ca = options.clientCa;
    settings.requestCert = true;
    settings.rejectUnauthorized = true;
  }
  const secured = tls.createServer(settings, accept);
  secured.on('tlsClientError', (error: Error) =>
    context.log.warn({ error: error.message }, 'TLS handshake failed'),
  );
  return net.createServer((socket) => afterFirstByte(socket, secured));
}

/** `fatal(2)`, `unexpected_message(10)`: RFC 8446, section 6. */
const tlsAlert = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0a]);
const handshakeRecord = 0x16;
const firstByteTimeoutMs = 5_000;

/** A client that speaks plaintext here is told by an alert, which it can name, instead of by a broken connection. */
function afterFirstByte(socket: net.Socket, secured: tls.Server): void {
  const giveUp = () => socket.destroy();
  socket.on('error', giveUp);
  socket.setTimeout(firstByteTimeoutMs, giveUp);
  socket.once('data', (chunk) => {
    socket.setTimeout(0);
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
