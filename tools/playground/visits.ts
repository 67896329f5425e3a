/** What the playground remembers about a browser: on the server, under a random id in a cookie. */
import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RecordedCall } from './calls/call.ts';
import type { Approval } from './flows/approval.ts';
import type { Chain } from './flows/chain.ts';
import type { DeviceSignIn } from './flows/device.ts';
import type { BoundSignIn } from './flows/dpop.ts';
import type { SignedResponse } from './flows/jarm.ts';

export interface Tokens {
  accessToken: string;
  refreshToken: string | undefined;
  idToken: string;
  scope: string[];
  expiresAtMs: number;
}

export interface Exchanged {
  accessToken: string;
  scope: string[];
  audience: string[];
  expiresAtMs: number;
  subject: string;
}

export const flowNames = ['tokens', 'chain', 'dpop', 'jarm', 'device', 'approval'] as const;
export type FlowName = (typeof flowNames)[number];

export interface Visit {
  /** Set between leaving for the login page and coming back. */
  nonce?: string;
  tokens?: Tokens;
  claims?: Record<string, unknown>;
  userinfo?: Record<string, unknown>;
  exchanged?: Exchanged;
  chain?: Chain;
  dpop?: BoundSignIn;
  jarm?: SignedResponse;
  device?: DeviceSignIn;
  approval?: Approval;
  /** Newest first. */
  calls: Record<FlowName, RecordedCall[]>;
  /** Shown once, on the next page. */
  notice?: { kind: 'good' | 'bad'; text: string };
}

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

/** Of a browser that has not done anything yet. */
export function newVisit(): Visit {
  return { calls: { tokens: [], chain: [], dpop: [], jarm: [], device: [], approval: [] } };
}
