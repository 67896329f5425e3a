/** What the playground remembers about a browser: on the server, under a random id in a cookie. */
import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface Tokens {
  accessToken: string;
  refreshToken: string | undefined;
  idToken: string;
  scope: string[];
  expiresAtMs: number;
}

/** One request to the authorization server, for the list on the page. */
export interface Call {
  what: string;
  request: string;
  status: number;
  durationMs: number;
}

export interface Exchanged {
  accessToken: string;
  scope: string[];
  audience: string[];
  expiresAtMs: number;
  subject: string;
}

export interface Visit {
  /** Set between leaving for the login page and coming back. */
  nonce?: string;
  tokens?: Tokens;
  claims?: Record<string, unknown>;
  userinfo?: Record<string, unknown>;
  exchanged?: Exchanged;
  /** Newest first. */
  calls: Call[];
  /** Shown once, on the next page. */
  notice?: { kind: 'good' | 'bad'; text: string };
}

export interface Visits {
  /** The browser's visit; undefined when it has none. */
  find(request: FastifyRequest): Visit | undefined;
  /** Starts a visit under a new id, so that an id that an attacker planted is never used (session fixation). */
  begin(request: FastifyRequest, reply: FastifyReply): Visit;
  end(request: FastifyRequest, reply: FastifyReply): void;
}

const cookieName = 'playground-visit';
const cookieOptions = { path: '/', httpOnly: true, sameSite: 'lax' } as const;
const visitsAtMost = 1000;

export function createVisits(): Visits {
  const visits = new Map<string, Visit>();
  const end = (request: FastifyRequest) => visits.delete(request.cookies[cookieName] ?? '');
  return {
    find: (request) => visits.get(request.cookies[cookieName] ?? ''),
    begin(request, reply) {
      end(request);
      const oldest = visits.keys().next().value;
      if (visits.size >= visitsAtMost && oldest !== undefined) visits.delete(oldest);
      const id = randomBytes(32).toString('base64url');
      const visit: Visit = { calls: [] };
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
