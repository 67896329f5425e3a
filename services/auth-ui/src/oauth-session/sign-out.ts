/** Ends the session of the console, and with it the login session of this browser or of every device. */
import type { HttpClient } from '@gatehouse/api-client/http';
import { sessionListSchema } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sessionCookieHeader } from '../auth-api/browser-cookies.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { headersOfPerson, personOf } from './guard.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

interface SignOutOptions {
  server: AuthorizationServer;
  sessions: Sessions;
  /** Must carry no credentials of its own. */
  asBrowser: HttpClient;
  publicUrl: string;
}

const signOutPath = '/auth/v3/sign-out';

export function createSignOut({ server, sessions, asBrowser, publicUrl }: SignOutOptions) {
  /** Whether the login session of this browser is the one that the tokens come from: somebody else may be signed in by now. */
  async function isOfThisBrowser(request: FastifyRequest, { sid }: Session): Promise<boolean> {
    const cookie = sessionCookieHeader(request, publicUrl);
    if (cookie === undefined || sid === undefined) return false;
    const { status, text } = await asBrowser.send({
      path: '/auth/v3/sessions',
      headers: { cookie, 'x-request-id': request.id },
      alsoStatuses: [401],
    });
    if (status === 401) return false;
    return sessionListSchema.parse(JSON.parse(text)).data.some(({ id, current }) => current && id === sid);
  }

  async function endByToken(request: FastifyRequest, session: Session, global: boolean): Promise<void> {
    await asBrowser.send({
      method: 'POST',
      path: signOutPath,
      json: { global },
      headers: headersOfPerson(request),
      // The token is over already: so is what it would end.
      alsoStatuses: [401],
    });
    await server.revoke(session);
  }

  return {
    /** Mounted in the guarded scope of each area. */
    async routes(pages: App): Promise<void> {
      pages.post(
        '/sign-out',
        {
          config: { isForEnded: true },
          schema: { hide: true, body: z.object({ everywhere: z.string().max(8).optional() }) },
        },
        async (request, reply) => {
          const session = personOf(request);
          const isEverywhere = request.body.everywhere !== undefined;
          if (await isOfThisBrowser(request, session)) {
            await server.revoke(session);
            sessions.forget(reply);
            // The browser sends the form there: applications in this browser are told by its frames.
            return reply.redirect(`${signOutPath}${isEverywhere ? '?global=true' : ''}`, 307);
          }
          await endByToken(request, session, isEverywhere);
          sessions.forget(reply);
          return reply.redirect('/auth/signed-out.html', 303);
        },
      );
    },
  };
}
