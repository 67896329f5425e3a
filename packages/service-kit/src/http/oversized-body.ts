/** A body over the limit is read to its end, within bounds, so that the 413 arrives: a proxy that is still sending would see a reset. */
import type { IncomingMessage } from 'node:http';
import type { App } from './app-type.ts';

const mostBytes = 16 * 1024 * 1024;
const longestMs = 2000;

export function letOversizedBodiesEnd(app: App): void {
  app.addHook('onSend', async (request, reply) => {
    if (reply.statusCode === 413) await untilRead(request.raw);
  });
}

function untilRead(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let bytes = 0;
    const done = () => {
      clearTimeout(timer);
      request.off('data', count);
      resolve();
    };
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostBytes) done();
    };
    const timer = setTimeout(done, longestMs);
    request.on('data', count);
    for (const event of ['end', 'close', 'error'] as const) request.once(event, done);
    request.resume();
  });
}
