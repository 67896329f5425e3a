/**
 * A process that stood still (no CPU, a long collection of garbage) finds its timers due before it has read what the
 * server sent meanwhile. The answers are there: a connection is given up only when one more turn of the event loop,
 * in which it is read, brings nothing.
 */
import type { Socket } from 'node:net';

export function survivePauses(stream: Pick<Socket, 'destroy' | 'bytesRead'>): void {
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (error?: Error) => {
    if (!error?.message.startsWith('Socket timeout')) return destroy(error);
    const { bytesRead } = stream;
    setImmediate(() => {
      if (stream.bytesRead === bytesRead) destroy(error);
    });
    return stream as Socket;
  };
}
