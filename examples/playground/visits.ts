/** Keeps the visit of each browser on the server, under a random id in a cookie. */
import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newVisit, type Visit } from './visit.ts';

export interface Visits {
  /** The browser's visit; undefined when it has none. */
  find(request: FastifyRequest): Visit | undefined;
  /** Goes on under a new id, so that an id that an attacker planted is never used (session fixation). */
  begin(request: FastifyRequest, reply: FastifyReply): Visit;
  end(request: FastifyRequest, reply: FastifyReply): void;
}

const cookieName = 'playground-visit';
const cookieOptions = { path: '/', httpOnly: true, sameSite: 'lax' } as const;
const visitsAtMost = 1000;

export function createVisits(): Visits {
  const visits = new Map<string, Visit>();
  const find = (request: FastifyRequest) => visits.get(request.cookies[cookieName] ?? '');
  const end = (request: FastifyRequest) => visits.delete(request.cookies[cookieName] ?? '');
  return {
    find,
    begin(request, reply) {
      const visit = find(request) ?? newVisit();
      end(request);
      const oldest = visits.keys().next().value;
      if (visits.size >= visitsAtMost && oldest !== undefined) visits.delete(oldest);
      const id = randomBytes(32).toString('base64url');
      visits.set(id, visit);
      reply.setCookie(cookieName, id, cookieOptions);
      return visit;
    },
    end(request, reply) {
      end(request);
      reply.clearCookie(cookieName, cookieOptions);
    },
  };
}
