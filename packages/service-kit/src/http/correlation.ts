/** Gives every request a correlation id and passes it to the calls that are made on its behalf. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { randomUuid } from '../crypto/secrets.ts';
import type { App } from './app-type.ts';

export const requestIdHeader = 'x-request-id';

const harmless = /^[A-Za-z0-9_-]{8,64}$/;
const current = new AsyncLocalStorage<string>();

/** Keeps the id of a caller when it is harmless. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers[requestIdHeader];
  return typeof given === 'string' && harmless.test(given) ? given : randomUuid();
}

export function correlateWork(app: App): void {
  // Fastify restores this context after it has read the body.
  app.addHook('onRequest', (request, _reply, done) => current.run(request.id, done));
}

/** Undefined for work in the background. */
export function currentCorrelationId(): string | undefined {
  return current.getStore();
}
