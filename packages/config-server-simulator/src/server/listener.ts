/** The listening port: plain TCP or TLS; turns sockets into sessions. */
import net from 'node:net';
import { ocpWire } from '@gatehouse/config-server-client/wire/ocp/ocp-wire';
import { defaultWireLimits } from '@gatehouse/config-server-client/wire/wire-protocol';
import { ClientSession } from './client-session.ts';
import type { ServerContext } from './server-context.ts';
import { createTlsServer, type ServerTlsOptions } from './tls-server.ts';

export interface ListenOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  tls?: ServerTlsOptions | undefined;
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
  const server =
    options.tls === undefined ? net.createServer(accept) : createTlsServer(options.tls, accept, context);
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
