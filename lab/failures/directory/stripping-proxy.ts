/** Stands before an LDAP server, keeps StartTLS (RFC 4511 section 4.14) from happening, and remembers what it was sent. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The reaction to the request for TLS. */
export type Stripping = 'refuses TLS' | 'agrees, and goes on in plain text' | 'is silent' | 'passes';

const startTlsOid = '1.3.6.1.4.1.1466.20037';

export async function startStrippingProxy(target: number, way: Stripping, host: string) {
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect(target, host);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        incoming.destroy();
        outgoing.destroy();
      });
    }
    incoming.on('data', (data) => {
      received.push(data);
      if (way === 'passes' || !data.includes(startTlsOid)) outgoing.write(data);
      else if (way !== 'is silent') incoming.write(answerTo(data, way === 'refuses TLS' ? 52 : 0));
    });
    outgoing.pipe(incoming);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    /** Whether a text came by in the clear. */
    saw: (text: string) => Buffer.concat(received).includes(text),
    wasAsked: () => Buffer.concat(received).includes(startTlsOid),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** An ExtendedResponse; the id of a message of ours is one byte. */
function answerTo(request: Buffer, code: number): Buffer {
  const id = request[4] ?? 0;
  return Buffer.of(0x30, 0x0c, 0x02, 0x01, id, 0x78, 0x07, 0x0a, 0x01, code, 0x04, 0x00, 0x04, 0x00);
}
