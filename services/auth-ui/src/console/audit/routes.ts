/** Serves the audit pages of the console: security events, configuration changes, one request of both, and the hash chains. */

import { Readable } from 'node:stream';
import { createAuditCalls } from '@gatehouse/api-client/auth-api';
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
import { forbidden } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Area } from '../shell/area.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { detailRoute } from '../shell/details.ts';
import { consoleView } from '../shell/pages.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { type ChainsPage, chainsPage } from './chains-page.ts';
import { changeQuery, eventQuery, filterOf } from './filters.ts';
import { changesPage, eventsPage, type TrailPage } from './lists.ts';
import { type RequestPage, requestPage } from './request-page.ts';
import { retentionPage } from './retention-page.ts';

const trailView = consoleView<TrailPage>('audit/trail');
const requestView = consoleView<RequestPage>('audit/request');
const chainsView = consoleView<ChainsPage>('audit/chains');

const pageSize = '50';
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
    eventRoutes(pages, shell);
    changeRoutes(pages, shell);
    requestRoute(pages, shell);
    retentionRoute(pages, shell);
    chainsRoute(pages, shell);
  },
};

function eventRoutes(pages: App, shell: Shell): void {
  detailRoute(pages, shell, { url: '', query: eventQuery.shape, view: trailView }, async (visit, asked) => {
    const filter = { ...filterOf(asked), limit: pageSize };
    const found = await createAuditCalls(visit.authApi).find(filter);
    return eventsPage(visit, found, asked);
  });

  pages.get(
    '/export.:format',
    { schema: { hide: true, params: formatParams, querystring: eventQuery } },
    async (request, reply) => {
      const { authApi } = shell.begin(request, reply);
      const { format } = request.params;
      const filter = filterOf(request.query);
      return sendFile(reply, createAuditCalls(authApi).export(filter, format), `security-events.${format}`);
    },
  );
}

function changeRoutes(pages: App, shell: Shell): void {
  detailRoute(
    pages,
    shell,
    { url: '/changes', query: changeQuery.shape, view: trailView },
    async (visit, asked) => {
      const filter = { ...filterOf(asked), limit: pageSize };
      const found = await pageOfAudit(visit.environmentApi, filter);
      return changesPage(visit, found, asked);
    },
  );

  pages.get(
    '/changes/export.:format',
    { schema: { hide: true, params: formatParams, querystring: changeQuery } },
    async (request, reply) => {
      const { environmentApi } = shell.begin(request, reply);
      const { format } = request.params;
      const { cursor: _none, ...filter } = filterOf(request.query);
      return sendFile(reply, exportAudit(environmentApi, filter, format), `configuration-changes.${format}`);
    },
  );
}

function requestRoute(pages: App, shell: Shell): void {
  detailRoute(
    pages,
    shell,
    { url: '/requests/:id', path: { id: z.string().max(256) }, view: requestView },
    async (visit, { id }) => {
      const audit = createAuditCalls(visit.authApi);
      const [events, refusals, changes] = await Promise.all([
        audit.find({ correlationId: id, limit: maxOfRequest }),
        audit.refusals({ correlationId: id }),
        pageOfAudit(visit.environmentApi, { requestId: id, limit: maxOfRequest }),
      ]);
      return requestPage(visit, id, { events: events.data, refusals, changes: changes.rows });
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
