/** Lets only people with a session in, and only forms that our own pages sent on their behalf. */
import { reasonOf, UpstreamError } from '@gatehouse/api-client/http';
import { visitorAddressHeader } from '@gatehouse/contracts/auth-api';
import { type AssuranceLevel, levelOfStepUp } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { safeEqual } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { foreignForm } from '../pages/error-page.ts';
import { isFromOwnOrigin } from '../pages/same-origin.ts';
import { type createHeldForms, heldField } from './held-forms.ts';
import { sendProblem } from './problem-page.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import { areaOf } from './sign-in-state.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The form does what it says without a session too. */
    isForEnded?: boolean;
  }
}

interface GuardOptions {
  sessions: Sessions;
  signIn: SignIn;
  heldForms: Pick<ReturnType<typeof createHeldForms>, 'record' | 'release'>;
  publicUrl: string;
  now: Clock;
}

/** `ended`: the session has ended. A level: the API wants it, and wants it new. */
export type SignInReason = AssuranceLevel | 'ended';

/** Each form of a guarded page has a field of this name with the session's own value. */
export const csrfField = 'csrf';

/** A token that is refused so soon after a sign-in, twice in a row, will not be accepted after the next one either. */
const freshSignInMs = 10_000;

/** A form arrived after the session of its person had ended. It is read, so that it can be held. */
class EndedSession extends Error {}

const isRead = ({ method }: FastifyRequest) => method === 'GET' || method === 'HEAD';

const people = new WeakMap<FastifyRequest, Session>();
const ended = new WeakSet<FastifyRequest>();

/** The person of a guarded request. */
export function personOf(request: FastifyRequest): Session {
  const person = people.get(request);
  if (person === undefined) throw new Error('the request was not guarded');
  return person;
}

/** Makes a call to an API one of the person: by their token, and from their address, which the audit trail names. */
export function headersOfPerson(request: FastifyRequest): Record<string, string> {
  return {
    authorization: `Bearer ${personOf(request).accessToken}`,
    [visitorAddressHeader]: request.ip,
    'x-request-id': request.id,
  };
}

/** Undefined before the guard has run, and where it refused. */
export function knownPersonOf(request: FastifyRequest): Session | undefined {
  return people.get(request);
}

export function createGuard({ sessions, signIn, heldForms, publicUrl, now }: GuardOptions) {
  /** A page is shown after a new sign-in. */
  function signInFirst(request: FastifyRequest, reply: FastifyReply, attempt = 0) {
    if (!isRead(request)) return sendProblem(request, reply, 'ended', pageOf(request));
    // A script that loads a part of a page must not begin a sign-in behind the person's back.
    const { 'sec-fetch-dest': destination = 'document' } = request.headers;
    if (destination !== 'document') return sendProblem(request, reply, 'ended', areaOf(request.url));
    return signIn.start(request, reply, { to: request.url, attempt });
  }

  /** Where the form was: browsers name it to our own origin (Referrer-Policy), and only that is believed. */
  function pageOf({ headers, url }: FastifyRequest): string {
    const area = areaOf(url);
    const page = URL.parse(headers.referer ?? '');
    const isOfArea = page?.origin === new URL(publicUrl).origin && `${page.pathname}/`.startsWith(`${area}/`);
    return isOfArea ? `${page.pathname}${page.search}` : area;
  }

  return {
    pageOf,
    /** Call it before the routes are added. */
    guard(pages: App): void {
      pages.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'no-store');
        const session = await sessions.current(request, reply);
        const before = session === undefined && !isRead(request) ? await sessions.kept(request) : undefined;
        const known = session ?? before;
        if (known === undefined) return signInFirst(request, reply);
        if (before !== undefined) ended.add(request);
        people.set(request, known);
        // A page of another site that opened this window could lead it to a copy of our sign-in while nobody looks.
        reply.header('cross-origin-opener-policy', 'same-origin');
        return undefined;
      });
      // The body is read, and not yet reduced to the fields of its schema.
      pages.addHook('preValidation', async (request) => {
        if (isRead(request)) return;
        const { [csrfField]: sent } = (request.body ?? {}) as Record<string, unknown>;
        const isOwn = typeof sent === 'string' && safeEqual(sent, personOf(request).csrf);
        if (!isOwn || !isFromOwnOrigin(request.headers, publicUrl)) throw foreignForm();
        const { [heldField]: held } = request.body as Record<string, unknown>;
        if (typeof held === 'string') {
          const released = await heldForms.release(held, request, personOf(request));
          if (released === undefined) throw foreignForm();
          request.body = released;
        }
        heldForms.record(request);
        if (ended.has(request) && request.routeOptions.config.isForEnded !== true) throw new EndedSession();
      });
    },

    /**
     * For error handlers: answers where an API wants a better sign-in, and where the session has ended, also where an API refused
     * the person's token (401), because it was ended elsewhere. `ask` keeps a form. Undefined: it was something else.
     */
    async answerBySignIn(
      thrown: unknown,
      request: FastifyRequest,
      reply: FastifyReply,
      ask: (reason: SignInReason) => Promise<FastifyReply>,
    ): Promise<FastifyReply | undefined> {
      const level = levelOfStepUp(reasonOf(thrown));
      if (level !== undefined) return ask(level);
      const isRefused = thrown instanceof UpstreamError && thrown.status === 401;
      if (!isRefused && !(thrown instanceof EndedSession)) return undefined;
      const session = people.get(request);
      const isFresh = session !== undefined && now() - session.signedInAtMs < freshSignInMs;
      if (isFresh && session.isRetry === true)
        return sendProblem(request, reply, 'refused', areaOf(request.url));
      if (!isRead(request)) return ask('ended');
      return signInFirst(request, reply, isFresh ? 1 : 0);
    },
  };
}
