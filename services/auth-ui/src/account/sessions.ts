/** Shows where the person is signed in, and ends one of the sessions or all others. */
import type { HttpClient } from '@gatehouse/api-client/http';
import type { SessionList, SessionView } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { deviceText } from '../pages/device.ts';
import type { AccountSession, AccountSessionsPage } from '../pages/views.ts';
import { beginVisit, sendView, type Visit } from '../pages/visit.ts';
import { formatsIn } from '../texts/formats.ts';
import { ownOf } from './own.ts';
import { accountPages, surroundingsOf } from './tabs.ts';

/** The page after a form says with these texts what the form did. */
const results = { one: 'account.ended', others: 'account.endedOthers' } as const;

type Result = keyof typeof results;

const resultSchema = z.enum(Object.keys(results) as [Result, ...Result[]]);

export function sessionRoutes(pages: App, { http, now }: { http: HttpClient; now: Clock }): void {
  pages.get(
    '/sessions',
    {
      schema: {
        operationId: 'showOwnSessions',
        summary: 'Where the person is signed in',
        querystring: z.object({ ended: resultSchema.optional().catch(undefined) }),
      },
    },
    async (request, reply) => {
      const list = await ownOf(http, request).sessions();
      const visit = beginVisit(request, reply);
      return sendView(visit, 'account-sessions', sessionsPage(visit, list, now(), request.query.ended));
    },
  );

  pages.post(
    '/sessions/end',
    {
      schema: {
        operationId: 'endOwnSession',
        summary: 'Ends one session of the person',
        consumes: ['application/x-www-form-urlencoded'],
        body: z.object({ session: z.uuid() }),
      },
    },
    async (request, reply) => {
      await ownOf(http, request).endSession(request.body.session);
      return reply.redirect(`${accountPages.sessions}?ended=${'one' satisfies Result}`, 303);
    },
  );

  pages.post(
    '/sessions/end-others',
    {
      schema: {
        operationId: 'endOtherSessions',
        summary: 'Ends all sessions of the person but the one that asks',
        consumes: ['application/x-www-form-urlencoded'],
      },
    },
    async (request, reply) => {
      const own = ownOf(http, request);
      const others = (await own.sessions()).data.filter(({ current }) => !current);
      // One after the other: each waits until every replica knows.
      for (const { id } of others) await own.endSession(id);
      return reply.redirect(`${accountPages.sessions}?ended=${'others' satisfies Result}`, 303);
    },
  );
}

export function sessionsPage(
  visit: Visit,
  { data }: SessionList,
  now: number,
  result: Result | undefined,
): AccountSessionsPage {
  const { text } = visit;
  // The current session first, the others by their last use.
  const sessions = [...data].sort(
    (a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt.localeCompare(a.lastSeenAt),
  );
  return {
    ...surroundingsOf(visit, 'sessions'),
    title: text('account.sessions'),
    sessions: sessions.map((session) => shown(visit, session, now)),
    hasOthers: data.some(({ current }) => !current),
    message: result && { kind: 'success', title: text(results[result]) },
  };
}

function shown({ text, language }: Visit, session: SessionView, now: number): AccountSession {
  const { ago, list } = formatsIn(language);
  return {
    id: session.id,
    device: deviceText(text, session.userAgent),
    isCurrent: session.current,
    facts: [
      session.current
        ? text('account.signedInAgo', { when: ago(session.createdAt, now) })
        : text('account.usedAgo', { when: ago(session.lastSeenAt, now) }),
      session.clientAddress,
      session.remembered ? text('account.remembered') : undefined,
    ].filter((fact) => fact !== undefined),
    applications: list(session.applications),
  };
}
