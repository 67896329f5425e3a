/** The request that the work at hand belongs to, so that calls to the other services carry its correlation id. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { App } from './app-type.ts';

const current = new AsyncLocalStorage<string>();

export function correlateWork(app: App): void {
  app.addHook('onRequest', (request, _reply, done) => current.run(request.id, done));
  // The body arrives on behalf of its socket: what follows is brought back to its request.
  app.addHook('preValidation', (request, _reply, done) => current.run(request.id, done));
}

/** Undefined for work in the background. */
export function currentCorrelationId(): string | undefined {
  return current.getStore();
}
