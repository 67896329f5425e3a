/** Parses JSON bodies, empty ones included, and reads bodies over the limit to their end so that the 413 arrives. */
import type { IncomingMessage } from 'node:http';
import type { AppError } from '../errors/app-error.ts';
import type { App } from './app-type.ts';

const maxDrainedBytes = 16 * 1024 * 1024;
const maxDrainMs = 2000;

/** An empty body under a JSON content type is no body, never a 400: existing callers send it. */
export function acceptEmptyJson(app: App): void {
  // A browser sends text/plain across origins without a preflight; no route reads it.
  app.removeContentTypeParser(['application/json', 'text/plain']);
  acceptJsonAs('application/json', app);
}

/** Lets the routes of a scope take JSON under another name, such as `application/scim+json`. `refusalOf`: looks at a text before it is parsed. */
export function acceptJsonAs(
  contentType: string,
  app: App,
  refusalOf: (text: string) => AppError | undefined = () => undefined,
): void {
  const parse = app.getDefaultJsonParser('error', 'remove');
  app.addContentTypeParser(contentType, { parseAs: 'string' }, (request, body, done) => {
    const text = body as string;
    const refusal = refusalOf(text);
    if (refusal !== undefined) return done(refusal, undefined);
    // Without a route the address or the method is wrong, not the body (RFC 9126 section 2.3 asks for 405).
    if (text.trim() === '' || request.is404) return done(null, undefined);
    void parse(request, text, (error, value) => done(error && withReason(error, text), value));
  });
}

/** A proxy that is still sending would see a reset instead of the answer. */
export function letOversizedBodiesEnd(app: App): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    const { raw } = request;
    const isUnread = reply.statusCode === 413 && !raw.readableEnded && !raw.destroyed;
    if (isUnread) readToEnd(raw, done);
    else done();
  });
}

/** Adds where the body is wrong, which the framework does not say. */
function withReason(error: Error, text: string): Error {
  return Object.assign(error, { message: whatIsWrong(text) });
}

function whatIsWrong(text: string): string {
  try {
    JSON.parse(text);
    return 'it has a key that is not allowed, such as __proto__';
  } catch (error) {
    // The engine quotes the body after a comma; a body may hold a secret, and messages are logged.
    return (error as Error).message.replace(/, (?:"|\.\.\.).*$/s, '');
  }
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
    if (bytes > maxDrainedBytes) finish();
  };
  const timer = setTimeout(finish, maxDrainMs);
  request.on('data', count);
  for (const event of ['end', 'close', 'error'] as const) request.once(event, finish);
  request.resume();
}
