/** Serves the account area: lets the person in, and adds its pages. */
import type { HttpClient } from '@gatehouse/api-client/http';
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OAuthSession } from '../oauth-session/compose.ts';
import { personOf } from '../oauth-session/guard.ts';
import { sendProblem } from '../oauth-session/problem-page.ts';
import { pageErrorHandler } from '../pages/error-page.ts';
import type { Brandings } from '../pages/known-branding.ts';
import { beginVisit, sendView } from '../pages/visit.ts';
import { applicationRoutes } from './applications.ts';
import { factorRoutes } from './factors.ts';
import { accountSignInRoutes, askForSignIn } from './fresh-sign-in.ts';
import { ownOf } from './own.ts';
import { profilePage } from './profile.ts';
import { sessionRoutes } from './sessions.ts';
import { surroundingsOf } from './tabs.ts';

interface AccountOptions {
  session: OAuthSession;
  /** Must carry no credentials of its own. */
  http: HttpClient;
  brandings: Pick<Brandings, 'of'>;
  now: Clock;
}

export async function accountRoutes(
  pages: App,
  { session, http, brandings, now }: AccountOptions,
): Promise<void> {
  pages.setErrorHandler(async (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const answered = await session.answerBySignIn(thrown, request, reply, (reason) =>
      askForSignIn(session, beginVisit(request, reply), reason),
    );
    return answered ?? pageErrorHandler(thrown, request, reply);
  });
  await pages.register(session.callbackRoutes);
  await pages.register(async (guarded: App) => {
    session.guard(guarded);
    // Before what may refuse a form: that page looks the same.
    guarded.addHook('onRequest', async (request) => {
      const { contactCenterId } = personOf(request);
      request.knownBranding = await brandings.of({ contactCenterId });
    });
    guarded.addHook('preHandler', refuseOperator);
    await guarded.register(session.signOutRoutes);
    accountSignInRoutes(guarded, session);
    firstPageRoutes(guarded, http);
    factorRoutes(guarded, { http, session, now });
    sessionRoutes(guarded, { http, now });
    applicationRoutes(guarded, { http, now });
  });
}

function firstPageRoutes(pages: App, http: HttpClient): void {
  pages.get(
    '',
    { schema: { operationId: 'showAccount', summary: 'Who the person is here, and the way to change it' } },
    async (request, reply) => {
      const own = ownOf(http, request);
      const [{ user }, email] = await Promise.all([own.sessions(), own.email()]);
      const visit = beginVisit(request, reply);
      return sendView(visit, 'account', profilePage(visit, user, email));
    },
  );

  pages.get(
    '/language',
    { schema: { operationId: 'showLanguages', summary: 'The languages of the pages, to choose one' } },
    async (request, reply) => {
      const visit = beginVisit(request, reply);
      const title = visit.text('account.language');
      return sendView(visit, 'account-language', { ...surroundingsOf(visit, 'language'), title });
    },
  );
}

/** The operator account signs in by a link; it is no person, and has no sessions to show. */
async function refuseOperator(request: FastifyRequest, reply: FastifyReply) {
  if (personOf(request).linkRequest === undefined) return undefined;
  return sendProblem(request, reply, 'operator', consolePath);
}
