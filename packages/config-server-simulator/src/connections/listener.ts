/** Listens for plain TCP or TLS connections and turns each into a session. */
import net from 'node:net';
import { defaultWireLimits, ocpWire } from '@gatehouse/config-server-client/wire';
import type { LinkContext } from './client-link.ts';
import { ClientSession, type RequestHandler } from './client-session.ts';
import type { SessionRegistry } from './session-registry.ts';
import { createTlsServer, type ServerTlsOptions } from './tls-server.ts';

export interface ListenOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  tls?: ServerTlsOptions | undefined;
}

/** Resolves when the port is open. */
export async function listen(
  options: ListenOptions,
  context: LinkContext & { readonly sessions: SessionRegistry },
  handle: RequestHandler,
) {
  const { sessions } = context;
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
    if (!sessions.hasRoomFor(socket.remoteAddress ?? 'unknown')) {
      turnAway(socket);
      return;
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    sessions.add(
      new ClientSession(socket, context, { handle, onEnd: (session) => sessions.remove(session) }),
    );
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
    /** Stops accepting; the caller closes the sessions. */
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of held) socket.destroy();
        // Sockets that the sessions have not closed by then are destroyed.
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
const maxTurnedAway = 50;
const turnedAwayMs = 1_000;

/** Sends the reason to a client that exceeds the limits; at most to some at a time, since a flood must not cost much. */
function turningAway({ clock, log }: LinkContext): (socket: net.Socket) => void {
  let leaving = 0;
  return (socket) => {
    socket.on('error', () => undefined);
    if (leaving >= maxTurnedAway) {
      socket.destroy();
      return;
    }
    log.warn({ address: socket.remoteAddress }, 'too many connections');
    leaving += 1;
    // Reads and drops its bytes: unread bytes would turn the end into a reset, which can overtake the reason.
    socket.resume();
    socket.end(tooManyConnections);
    const timer = clock.setTimer(turnedAwayMs, () => socket.destroy());
    socket.once('close', () => {
      leaving -= 1;
      timer.cancel();
    });
  };
}
