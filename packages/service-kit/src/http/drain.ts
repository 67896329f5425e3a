/** Closes connections with their next answer while the process is draining, so that no request fails. */
import type { App } from './app-type.ts';

export interface Drain {
  /** True from SIGTERM on. */
  isDraining: boolean;
}

export function createDrain(): Drain {
  return { isDraining: false };
}

export function closeConnectionsWhileDraining(app: App, drain: Drain): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // An idle keep-alive connection would delay close() for its whole timeout.
    if (drain.isDraining) reply.header('connection', 'close');
    done();
  });
}
