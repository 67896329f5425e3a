/** Routes below `/auth/account`: shows where a user is signed in, and ends sessions. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import { foreignForm } from '../pages/error-page.ts';
import { isFromOwnOrigin } from '../pages/same-origin.ts';
import { beginVisit, sendView } from '../pages/visit.ts';
import { accountPage } from './page.ts';
import type { OwnSessions } from './sessions.ts';

const signInPage = '/auth/sign-in.html';

export function accountRoutes(
  pages: App,
  { ownSessions, publicUrl, now }: { ownSessions: OwnSessions; publicUrl: string; now: Clock },
): void {
  pages.get(
    '',
    {
      schema: {
        operationId: 'showAccount',
        summary: "The user's own sessions",
        querystring: z.object({ ended: z.string().max(8).optional() }),
      },
    },
    async (request, reply) => {
      const sessions = await ownSessions.list(request);
      if (sessions === undefined) return reply.redirect(signInPage, 303);
      const visit = beginVisit(request, reply);
      const page = accountPage(visit, sessions, now(), request.query.ended !== undefined);
      return sendView(visit, 'account', page);
    },
  );

  pages.post(
    '/end-session',
    {
      schema: {
        operationId: 'endOwnSession',
        summary: 'Ends one session of the user',
        consumes: ['application/x-www-form-urlencoded'],
        body: z.object({ session: z.uuid() }),
      },
    },
    async (request, reply) => {
      if (!isFromOwnOrigin(request.headers, publicUrl)) throw foreignForm();
      const isSignedIn = await ownSessions.end(request, request.body.session);
      return reply.redirect(isSignedIn ? '/auth/account?ended=1' : signInPage, 303);
    },
  );
}
