/** Shows what the person allowed applications, and takes it back after a question. */
import type { HttpClient } from '@gatehouse/api-client/http';
import type { ConsentView } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { wishesOf } from '../consent/page.ts';
import type { AccountApplicationsPage, AccountTakeBackPage, AllowedApplication } from '../pages/views.ts';
import { beginVisit, sendView, type Visit } from '../pages/visit.ts';
import { formatsIn } from '../texts/formats.ts';
import { ownOf } from './own.ts';
import { accountPages, surroundingsOf } from './tabs.ts';

const clientIdSchema = z.string().min(1).max(128);

export function applicationRoutes(pages: App, { http, now }: { http: HttpClient; now: Clock }): void {
  pages.get(
    '/applications',
    {
      schema: {
        operationId: 'showAllowedApplications',
        summary: 'What the person allowed applications',
        querystring: z.object({ taken: z.string().max(8).optional() }),
      },
    },
    async (request, reply) => {
      const consents = await ownOf(http, request).consents();
      const visit = beginVisit(request, reply);
      return sendView(visit, 'account-applications', {
        ...applicationsPage(visit, consents, now()),
        message:
          request.query.taken === undefined
            ? undefined
            : { kind: 'success', title: visit.text('account.takenBack') },
      });
    },
  );

  pages.get(
    '/applications/take-back',
    {
      schema: {
        operationId: 'askBeforeTakingBack',
        summary: 'Asks whether to take back what the person allowed an application',
        querystring: z.object({ client: clientIdSchema }),
      },
    },
    async (request, reply) => {
      const consents = await ownOf(http, request).consents();
      const consent = consents.find(({ clientId }) => clientId === request.query.client);
      // Another window has done it.
      if (consent === undefined) return reply.redirect(accountPages.applications, 303);
      const visit = beginVisit(request, reply);
      return sendView(visit, 'account-take-back', takeBackPage(visit, consent, now()));
    },
  );

  pages.post(
    '/applications/take-back',
    {
      schema: {
        operationId: 'takeBack',
        summary: 'Takes back what the person allowed an application',
        consumes: ['application/x-www-form-urlencoded'],
        body: z.object({ client: clientIdSchema }),
      },
    },
    async (request, reply) => {
      await ownOf(http, request).takeBack(request.body.client);
      return reply.redirect(`${accountPages.applications}?taken=1`, 303);
    },
  );
}

export function applicationsPage(
  visit: Visit,
  consents: readonly ConsentView[],
  now: number,
): AccountApplicationsPage {
  return {
    ...surroundingsOf(visit, 'applications'),
    title: visit.text('account.applications'),
    applications: consents.map((consent) => shown(visit, consent, now)),
  };
}

export function takeBackPage(visit: Visit, consent: ConsentView, now: number): AccountTakeBackPage {
  return {
    ...surroundingsOf(visit, 'applications'),
    title: visit.text('account.takeBack.title', { application: consent.name }),
    application: shown(visit, consent, now),
    cancel: accountPages.applications,
  };
}

function shown(
  { text, language }: Visit,
  { clientId, name, startUri, scope, givenAt, lastUsedAt }: ConsentView,
  now: number,
): AllowedApplication {
  const { ago } = formatsIn(language);
  return {
    id: clientId,
    name,
    ...wishesOf(text, name, scope),
    since: text('account.allowed', { when: ago(givenAt, now) }),
    used: lastUsedAt === undefined ? undefined : text('account.usedAgo', { when: ago(lastUsedAt, now) }),
    // Only https: an address such as `javascript:` would run in our page.
    open: startUri !== undefined && URL.parse(startUri)?.protocol === 'https:' ? startUri : undefined,
    takeBack: `${accountPages.applications}/take-back?${new URLSearchParams({ client: clientId })}`,
  };
}
