/** JSON bodies: an empty one under a JSON content type is no body (compat), never a 400. */
import type { App } from './app-type.ts';

export function acceptEmptyJson(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'remove');
  // A browser may send text/plain to anybody without asking first; no route of ours reads it.
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body as string;
    if (text.trim() === '') done(null, undefined);
    else void parse(request, text, done);
  });
}
