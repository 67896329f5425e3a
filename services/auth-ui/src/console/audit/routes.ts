/** Serves the audit pages of the console: security events, configuration changes, one request of both, and the hash chains. */

import { Readable } from 'node:stream';
import { createAuditCalls, searchRefusedRequests } from '@gatehouse/api-client/auth-api';
import {
  confirmWaitingDeletions,
  exportAudit,
  pageOfAudit,
  readWaitingDeletions,
  verifyConfigurationTrail,
} from '@gatehouse/api-client/environment-api';
import { rowFormats } from '@gatehouse/contracts/answers';
import { consolePath } from '@gatehouse/contracts/auth-api';
import { steadyClock } from '@gatehouse/service-kit/clock';
import { badRequest, forbidden } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Area } from '../shell/area.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { detailRoute } from '../shell/details.ts';
import { consoleView } from '../shell/pages.ts';
import { addressOf } from '../shell/paging.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { type ChainsPage, chainsPage } from './chains-page.ts';
import { trailQuery } from './filters.ts';
import { refusedPage, refusedQuery } from './refused-page.ts';
import { type RequestPage, requestPage } from './request-page.ts';
import { retentionPage } from './retention-page.ts';
import { auditPath, auditTabs } from './tabs.ts';
import { actorsIn, namesOf, resolvedFilters } from './trail.ts';
import { trailPage, trailView } from './trail-page.ts';

const requestView = consoleView<RequestPage>('audit/request');
const chainsView = consoleView<ChainsPage>('audit/chains');

/** One request writes few events; a hostile correlation id may stand in many. */
const maxOfRequest = '200';
const day = z.iso.date().or(z.literal('')).catch('').default('');
const formatParams = z.object({ format: z.enum(rowFormats) });

export const auditArea: Area = {
  path: '/audit',
  audience: 'everybody',
  lesser: ['auditor'],
  entry: { group: 'overview', label: 'console.audit.title', icon: 'audit' },
  routes(pages, shell) {
    trailRoutes(pages, shell);
    detailRoute(
      pages,
      shell,
      { url: '/refused', query: refusedQuery.shape, view: trailView },
      (visit, asked) => refusedPage(visit, asked),
    );
    requestRoute(pages, shell);
    retentionRoute(pages, shell);
    chainsRoute(pages, shell);
  },
};

function trailRoutes(pages: App, shell: Shell): void {
  detailRoute(pages, shell, { url: '', query: trailQuery.shape, view: trailView }, (visit, asked) => {
    const { text } = visit;
    const header = {
      title: text('console.audit.title'),
      lead: text('console.audit.lead'),
      tabs: auditTabs(visit, 'all'),
    };
    return trailPage(visit, header, auditPath, asked);
  });

  // The list of changes was a page of its own, and people have kept its address.
  pages.get('/changes', { schema: { hide: true } }, (request, reply) => {
    const asked = new URLSearchParams(request.query as Record<string, string>);
    const [user, correlationId] = [asked.get('actor') ?? '', asked.get('requestId') ?? ''];
    const query = { kind: 'configuration', ...Object.fromEntries(asked), user, correlationId };
    return reply.redirect(addressOf(auditPath, query), 303);
  });

  exportRoutes(pages, shell);
}

function exportRoutes(pages: App, shell: Shell): void {
  const schema = { hide: true, params: formatParams, querystring: trailQuery };

  pages.get('/export.:format', { schema }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { format } = request.params;
    const { events } = await resolvedFilters(visit, request.query);
    if (events === undefined) throw nothingLeft();
    const rows = createAuditCalls(visit.authApi).export(events, format);
    return sendFile(reply, rows, `security-events.${format}`);
  });

  pages.get('/changes/export.:format', { schema }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { format } = request.params;
    const { changes } = await resolvedFilters(visit, request.query);
    if (changes === undefined) throw nothingLeft();
    return sendFile(
      reply,
      exportAudit(visit.environmentApi, changes, format),
      `configuration-changes.${format}`,
    );
  });
}

/** The page offers no such file. */
const nothingLeft = () => badRequest('The filters leave nothing of this trail');

function requestRoute(pages: App, shell: Shell): void {
  detailRoute(
    pages,
    shell,
    { url: '/requests/:id', path: { id: z.string().max(256) }, view: requestView },
    async (visit, { id }) => {
      const audit = createAuditCalls(visit.authApi);
      const [changes, { requests: refusals }] = await Promise.all([
        pageOfAudit(visit.environmentApi, { requestId: id, limit: maxOfRequest }),
        searchRefusedRequests(visit.authApi, { correlationId: id }),
      ]);
      const subs = actorsIn(changes.rows);
      const events = await audit.find({ correlationId: id, subs, limit: maxOfRequest });
      const entries = [
        ...events.data.map((event) => ({ at: event.at, event })),
        ...changes.rows.map((change) => ({ at: change.at, change })),
      ];
      const names = await namesOf(visit, entries, events.people, refusals);
      return requestPage(visit, id, { entries, refusals, names });
    },
  );
}

function retentionRoute(pages: App, shell: Shell): void {
  confirmFirst(pages, shell, {
    url: '/retention',
    async page(visit) {
      requireInstallation(visit);
      const [ofAuthApi, ofEnvironmentApi] = await Promise.all([
        createAuditCalls(visit.authApi).waitingDeletions(),
        readWaitingDeletions(visit.environmentApi),
      ]);
      return retentionPage(visit, { 'Auth API': ofAuthApi, 'Environment API': ofEnvironmentApi });
    },
    async act(visit) {
      requireInstallation(visit);
      await createAuditCalls(visit.authApi).confirmDeletions();
      await confirmWaitingDeletions(visit.environmentApi);
    },
    done: (visit) => shell.done(visit, consolePath, 'console.audit.retention.confirmed'),
  });
}

function chainsRoute(pages: App, shell: Shell): void {
  pages.get(
    '/chains',
    { schema: { hide: true, querystring: z.object({ from: day, to: day }) } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      requireInstallation(visit);
      const { from, to } = request.query;
      // Every event of the days is read: nothing is verified before somebody has chosen them.
      if (from === '')
        return shell.show(visit, chainsView, chainsPage(visit, { from: today(), to: today() }));
      const days = { from, to: to || undefined };
      const [security, configuration] = await Promise.all([
        createAuditCalls(visit.authApi).verify(days),
        verifyConfigurationTrail(visit.environmentApi, days),
      ]);
      return shell.show(visit, chainsView, chainsPage(visit, { from, to }, { security, configuration }));
    },
  );
}

function requireInstallation({ rights }: ConsoleVisit): void {
  if (!rights.installation) throw forbidden('This page is for installation administrators');
}

const today = () => new Date(steadyClock()).toISOString().slice(0, 10);

/** Row by row, so that a file of any length takes no memory. */
function sendFile(reply: FastifyReply, rows: AsyncIterable<string>, name: string): FastifyReply {
  return reply
    .type(name.endsWith('.csv') ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(Readable.from(rows));
}
