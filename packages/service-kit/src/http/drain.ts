/** Leaving without a failed request: while draining, answers close their connections. */
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
    // Without it an idle keep-alive connection would hold close() for its whole time-out.
    if (drain.isDraining) reply.header('connection', 'close');
    done();
  });
}
