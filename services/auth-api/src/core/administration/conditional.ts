/** Gives changes of administrators the version that they have seen (If-Match), and says so in the OpenAPI document. */
import { errorEnvelope } from '@gatehouse/contracts/answers';
import type { FastifyRequest } from 'fastify';
import { type Actor, actorOf } from './actor.ts';
import { refusals } from './refusals.ts';

export const ifMatchRule = 'With If-Match, the answer is 412 when somebody else has changed it since.';

export const refusalsOfChange = { ...refusals, 412: errorEnvelope };

/** The writer, and the version that they expect. */
export function writerOf(request: FastifyRequest): Actor & { ifMatch: string | undefined } {
  return { ...actorOf(request), ifMatch: request.headers['if-match'] };
}
