import net from 'node:net';
import { createAuthority } from '@gatehouse/testing/keys';
import { describe, expect, it, onTestFinished } from 'vitest';
import { agent, connectTo, recordingLog, startServer, until, watchSuite } from '../harness.ts';

watchSuite();

const authority = createAuthority();
const identity = authority.issue();

/** A connection that says these bytes, and no more. */
function open(port: number, bytes: Uint8Array) {
  const socket = net.connect({ host: '127.0.0.1', port });
  const stranger = { socket, isClosed: false };
  socket.on('error', () => undefined);
  socket.on('close', () => {
    stranger.isClosed = true;
  });
  socket.resume();
  socket.write(bytes);
  onTestFinished(() => void socket.destroy());
  return stranger;
}

const beginsTls = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]);

describe('connections on which TLS is not up yet', () => {
  it.each([
    ['from one address', { connectionsPerAddress: 3 }],
    ['in all', { unregisteredConnections: 3 }],
  ])('are bounded in number %s, and there is room again when they leave', async (_name, limits) => {
    const log = recordingLog();
    const server = await startServer({ tls: identity, limits, log });
    const waiting = [Buffer.alloc(0), beginsTls, beginsTls].map((bytes) => open(server.port, bytes));
    const client = connectTo([server], { tls: { ca: authority.cert } });
    await until(() => log.lines.some((line) => line.startsWith('too many TLS handshakes')), 'no room');
    expect(waiting.some(({ isClosed }) => isClosed)).toBe(false);
    waiting[0]?.socket.destroy();
    await expect(client.authenticate(agent)).resolves.toBeDefined();
    // Once it is up it is a session, and no handshake any more.
    await expect(
      connectTo([server], { tls: { ca: authority.cert } }).authenticate(agent),
    ).resolves.toBeDefined();
  });

  it('are bounded in time, however steadily their bytes trickle, and when they were told to speak TLS', async () => {
    const server = await startServer({ tls: identity, limits: { registerTimeoutMs: 300 } });
    const silent = open(server.port, Buffer.alloc(0));
    const plain = open(server.port, Buffer.from('OC'));
    plain.socket.on('end', () => undefined);
    const trickling = open(server.port, beginsTls);
    const trickle = setInterval(() => trickling.socket.write(Buffer.alloc(1)), 20);
    onTestFinished(() => clearInterval(trickle));
    await until(() => [silent, plain, trickling].every(({ isClosed }) => isClosed), 'all are gone', 3_000);
  });
});
