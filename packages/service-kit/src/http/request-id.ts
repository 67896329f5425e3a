/** The correlation id of a request: one given by a caller is kept when it is harmless. */
import type { IncomingMessage } from 'node:http';
import { randomUuid } from '../random.ts';

export const requestIdHeader = 'x-request-id';

const harmless = /^[A-Za-z0-9_-]{8,64}$/;

export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers[requestIdHeader];
  return typeof given === 'string' && harmless.test(given) ? given : randomUuid();
}
