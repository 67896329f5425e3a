/** HTTP servers that answer as an attacker would who wants to hold, fill, redirect or mislead the program that calls them. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions } from 'node:tls';

type Act = (socket: Socket) => void;

const json = 'content-type: application/json\r\n';
const chunk = 'x'.repeat(65_536);

/** Sends it again and again, as fast as the other side reads, until the connection ends. */
function forever(socket: Socket, text: string): void {
  const send = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', send);
  send();
}

function drip(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ''), 20);
  socket.on('close', () => clearInterval(timer));
}

/** The act of each server after a whole request. */
export const hostileActs = {
  'never answers': () => undefined,
  'ends the connection': (socket) => socket.destroy(),
  'answers byte by byte': (socket) =>
    drip(socket, `HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n${chunk}`),
  'sends headers without end': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    forever(socket, `x-filling: ${chunk.slice(0, 1000)}\r\n`);
  },
  'promises an answer without end': (socket) =>
    forever(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'),
  'sends an answer without end': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    forever(socket, chunk);
  },
  'refuses with an answer without end': (socket) => {
    socket.write(`HTTP/1.1 400 Bad Request\r\n${json}\r\n`);
    forever(socket, chunk);
  },
  'takes over the protocol': (socket) =>
    forever(socket, 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
  'answers twice': (socket) =>
    socket.write('HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'),
  'speaks no HTTP': (socket) => forever(socket, 'SSH-2.0-OpenSSH_9.2\r\n'),
  'asks for credentials for ever': (socket) =>
    socket.write('HTTP/1.1 401 No\r\nwww-authenticate: Basic realm="x"\r\ncontent-length: 0\r\n\r\n'),
  'asks for the credentials of a proxy': (socket) =>
    socket.write('HTTP/1.1 407 No\r\nproxy-authenticate: Basic realm="x"\r\ncontent-length: 0\r\n\r\n'),
} satisfies Record<string, Act>;

export type HostileAct = keyof typeof hostileActs;

/** `act` is a name, or what is done with each whole request. */
export async function startHostileHttp(act: HostileAct | Act, tls?: SecureContextOptions) {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let ended = 0;
  const answer: Act = typeof act === 'string' ? hostileActs[act] : act;
  const take = (socket: Socket) => {
    sockets.add(socket);
    let text = '';
    socket.on('data', (data) => {
      text += data;
      const [head = '', ...rest] = text.split('\r\n\r\n');
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      if (rest.length === 0 || Buffer.byteLength(rest.join('\r\n\r\n')) < length) return;
      requests.push(text);
      text = '';
      answer(socket);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      ended += 1;
      sockets.delete(socket);
    });
  };
  const server = tls === undefined ? createServer(take) : createTlsServer(tls, take);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://${tls === undefined ? '127.0.0.1' : 'localhost'}:${port}/events`,
    /** Each with its head and its body. */
    requests,
    connectionsEnded: () => ended,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** An answer that leads elsewhere, with the method and the body where the status says so. */
export const redirectTo =
  (location: string, status: 301 | 302 | 303 | 307 | 308 = 307): Act =>
  (socket) =>
    socket.write(`HTTP/1.1 ${status} Elsewhere\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`);
