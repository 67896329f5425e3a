/** Answers `x-fapi-interaction-id`, by which a client and a resource server find the same call in their logs (FAPI 1.0 Baseline section 6.2.1). */
import { randomUuid } from '../crypto/secrets.ts';
import type { App } from './app-type.ts';

const header = 'x-fapi-interaction-id';
/** RFC 9562 section 4; nothing else that a caller sends gets into the answer. */
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function answerInteractionIds(app: App): void {
  app.addHook('onRequest', (request, reply, done) => {
    const given = request.headers[header];
    reply.header(header, typeof given === 'string' && uuid.test(given) ? given : randomUuid());
    done();
  });
}
