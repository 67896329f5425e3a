/** Where proofs need a nonce, every answer to one names the next (RFC 9449 section 8.2): clients need not be sent back. */
import type { App } from '@gatehouse/service-kit/http/app';
import type { DpopProofs } from './dpop-proof.ts';

export function tellNonces(scope: App, { dpopProofs }: { dpopProofs: DpopProofs }): void {
  scope.addHook('onRequest', (request, reply, done) => {
    if (request.headers['dpop'] !== undefined && dpopProofs.nonces.isRequired) {
      reply.header('dpop-nonce', dpopProofs.nonces.current());
    }
    done();
  });
}
