/** JSON bodies: an empty one under a JSON content type is no body (compat), never a 400. */
import type { App } from './app-type.ts';

export function acceptEmptyJson(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'remove');
  // A browser may send text/plain to anybody without asking first; no route of ours reads it.
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body as string;
    // Where no route reads it, what is wrong is the address or the method (RFC 9126 section 2.3 wants 405 of every other one).
    if (text.trim() === '' || request.is404) done(null, undefined);
    else void parse(request, text, (error, value) => done(error && withReason(error, text), value));
  });
}

/** The framework tells only that the body is wrong; its author wants to know where. */
function withReason(error: Error, text: string): Error {
  return Object.assign(error, { message: whatIsWrong(text) });
}

function whatIsWrong(text: string): string {
  try {
    JSON.parse(text);
    return 'it has a key that is not allowed, such as __proto__';
  } catch (error) {
    // The engine may quote the body after a comma; a body may hold a secret, and a message may be logged.
    return (error as Error).message.replace(/, (?:"|\.\.\.).*$/s, '');
  }
}
