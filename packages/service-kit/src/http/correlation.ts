/** The request that the work at hand belongs to, so that calls to the other services carry its correlation id. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { App } from './app-type.ts';

const current = new AsyncLocalStorage<string>();

export function correlateWork(app: App): void {
  // The framework brings the work back here after the body, which arrives on behalf of its socket.
  app.addHook('onRequest', (request, _reply, done) => current.run(request.id, done));
}

/** Undefined for work in the background. */
export function currentCorrelationId(): string | undefined {
  return current.getStore();
}
