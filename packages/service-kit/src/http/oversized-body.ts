/** A body over the limit is read to its end, within bounds, so that the 413 arrives: a proxy that is still sending would see a reset. */
import type { IncomingMessage } from 'node:http';
import type { App } from './app-type.ts';

const mostBytes = 16 * 1024 * 1024;
const longestMs = 2000;

export function letOversizedBodiesEnd(app: App): void {
  // With a callback: a promise here would cost every request something for the sake of a few.
  app.addHook('onSend', (request, reply, _payload, done) => {
    const { raw } = request;
    const isUnread = reply.statusCode === 413 && !raw.readableEnded && !raw.destroyed;
    if (isUnread) readToEnd(raw, done);
    else done();
  });
}

/** Calls back once, at the end or at a bound. */
function readToEnd(request: IncomingMessage, done: () => void): void {
  let bytes = 0;
  let isDone = false;
  const finish = () => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    request.off('data', count);
    done();
  };
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) finish();
  };
  const timer = setTimeout(finish, longestMs);
  request.on('data', count);
  for (const event of ['end', 'close', 'error'] as const) request.once(event, finish);
  request.resume();
}
