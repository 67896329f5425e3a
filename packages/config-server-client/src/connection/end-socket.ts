/** Closes a socket: written bytes get a short time to leave, and a peer that does not read cannot keep it open. */
import type { Duplex } from 'node:stream';
import type { Clock } from '../surroundings/clock.ts';

const graceMs = 1_000;

export function endSocket(socket: Duplex, clock: Clock): void {
  if (socket.destroyed) return;
  socket.resume();
  socket.end();
  const timer = clock.setTimer(graceMs, () => socket.destroy());
  socket.once('close', () => timer.cancel());
  if (socket.readableEnded || socket.writableLength === 0) socket.destroy();
}
