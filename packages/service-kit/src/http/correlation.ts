/** Gives every request a correlation id, and tells work that is done on its behalf which one it is and where it comes from. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { randomUuid } from '../crypto/secrets.ts';
import type { App } from './app-type.ts';

export const requestIdHeader = 'x-request-id';

const harmless = /^[A-Za-z0-9_-]{8,64}$/;
const current = new AsyncLocalStorage<RequestFacts>();

export interface RequestFacts {
  correlationId: string;
  /** Of the person, also where another service calls for them. */
  clientAddress: string;
  /** Session of the person, where the request has one. */
  sid?: string;
}

/** Keeps the id of a caller when it is harmless. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers[requestIdHeader];
  return typeof given === 'string' && harmless.test(given) ? given : randomUuid();
}

export function correlateWork(app: App): void {
  // Fastify restores this context after it has read the body.
  app.addHook('onRequest', ({ id: correlationId, ip: clientAddress }, _reply, done) =>
    current.run({ correlationId, clientAddress }, done),
  );
}

/** Undefined for work in the background. */
export function currentRequest(): RequestFacts | undefined {
  return current.getStore();
}

/** Tells the work of this request for whom the caller makes it. */
export function nameVisitor(visitor: Omit<RequestFacts, 'correlationId'>): void {
  Object.assign(currentRequest() ?? {}, visitor);
}

export const currentCorrelationId = (): string | undefined => currentRequest()?.correlationId;
